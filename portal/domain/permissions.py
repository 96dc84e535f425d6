"""Who may do what: one table of role × permission, shown to administrators and in ``docs/``.

A permission is ``area:thing:action``. Company-wide roles hold it in every office of the company.
"""

ROLES = (
    "field_staff", "front_desk", "supervisor", "manager", "director", "department_head", "department_officer",
    "company_caller", "interviewer", "qa", "management_representative", "executive", "branch_overseer", "administrator",
)  # fmt: skip
COMPANY_WIDE = frozenset({"qa", "management_representative", "executive", "company_caller", "administrator"})

_OFFICE_STAFF = {"field_staff", "front_desk", "supervisor", "manager", "director"}
_LEADERS = {"supervisor", "manager", "director"}
_COMPANY = {"qa", "management_representative", "executive"}
_DEPARTMENT = {"department_head", "department_officer"}

PERMISSIONS: dict[str, frozenset[str]] = {
    permission: frozenset(roles)
    for permission, roles in {
        "desk:inbox:read": _OFFICE_STAFF | _DEPARTMENT | _COMPANY | {"administrator"},
        "households:household:read": _OFFICE_STAFF | _COMPANY | {"interviewer"},
        "households:name:read": _OFFICE_STAFF | {"company_caller", "interviewer"},
        "households:phone:reveal": _OFFICE_STAFF | {"company_caller", "interviewer"},
        "households:roster:import": {"supervisor", "manager", "administrator"},
        "households:community:edit": {"supervisor", "manager", "administrator"},
        "households:household:edit": {"front_desk", "supervisor", "manager"},
        "visits:visit:read": _OFFICE_STAFF | _COMPANY,
        "visits:visit:record": {"field_staff", "front_desk", "supervisor"},
        "visits:plan:make": {"supervisor", "manager"},
        "signoff:record:sign": _LEADERS,
        "signoff:bundle:make": {"field_staff", "front_desk", "supervisor"},
        "opinions:opinion:read": _OFFICE_STAFF | _DEPARTMENT | _COMPANY,
        "opinions:opinion:record": {"front_desk", "field_staff", "supervisor"},
        "opinions:opinion:classify": {"front_desk", "supervisor", "manager"},
        "opinions:measure:name": {"department_head", "supervisor", "manager"},
        "opinions:measure:report": _DEPARTMENT | {"supervisor", "manager"},
        "opinions:opinion:check": {"front_desk", "field_staff", "supervisor"},
        "opinions:opinion:answer": {"front_desk", "field_staff", "supervisor", "manager"},
        "opinions:opinion:put_off": {"supervisor", "manager"},
        "opinions:opinion:exit": {"management_representative"},
        "opinions:complaint:handle": {"supervisor", "manager", "department_head"},
        "opinions:measure:own": _DEPARTMENT,
        "opinions:issue:read": _OFFICE_STAFF | _COMPANY,
        "opinions:issue:group": {"supervisor", "manager"},
        "surveys:campaign:read": _OFFICE_STAFF | _COMPANY | {"interviewer"},
        "surveys:campaign:make": {"supervisor", "manager", "qa"},
        "surveys:campaign:consent": {"qa"},
        "surveys:answer:read": {"qa"},
        "surveys:answer:record": {"field_staff", "front_desk", "supervisor", "interviewer"},
        "statistics:figure:read": _LEADERS | _COMPANY,
        "publishing:publication:read": _OFFICE_STAFF | _COMPANY,
        "publishing:publication:word": {"supervisor", "manager"},
        "publishing:publication:post": {"field_staff", "front_desk", "supervisor", "manager"},
        "publishing:publication:approve": {"management_representative"},
        "publishing:commitment:read": _OFFICE_STAFF | _DEPARTMENT | _COMPANY,
        "publishing:commitment:report": {"supervisor", "manager"} | _DEPARTMENT,
        "publishing:commitment:verify": {"qa"},
        "sync:quarantine:decide": {"supervisor", "manager"},
        "accounts:staff:manage": {"administrator"},
        "accounts:device:revoke": {"administrator", "supervisor"},
        "desk:gallery:read": {"administrator"},
    }.items()
}


def may(roles: frozenset[str] | set[str], permission: str) -> bool:
    """Whether one of the roles holds the permission; an unknown permission is an error of the caller.

    Raises KeyError for a permission that stands in no row.
    """
    return not PERMISSIONS[permission].isdisjoint(roles)
