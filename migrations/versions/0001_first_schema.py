"""first schema"""

import sqlalchemy as sa
from alembic import op

import portal.core.db
from portal.core.search import POSTGRESQL_FTS, SQLITE_FTS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.Column("sync_epoch", sa.String(), nullable=False),
        sa.Column("recovery_key", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "job",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("arguments", portal.core.db.Json(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("due_at", portal.core.db.Instant(), nullable=False),
        sa.Column("claimed_until", portal.core.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_job_kind_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_waiting", ["status", "due_at", "id"], unique=False)

    op.create_table(
        "login_failure",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_login_failure_address", ["address", "at"], unique=False)
        batch_op.create_index("ix_login_failure_login", ["login", "at"], unique=False)

    op.create_table(
        "branch",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("company_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_branch_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
    )
    op.create_table(
        "staff",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("company_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("text_size", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("second_factor", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_staff_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "device",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("next_token_hash", sa.String(), nullable=True),
        sa.Column("enrolled_at", portal.core.db.Instant(), nullable=False),
        sa.Column("seen_at", portal.core.db.Instant(), nullable=True),
        sa.Column("revoked_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_device_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("next_token_hash", name=op.f("uq_device_next_token_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index("ix_device_staff", ["staff_id"], unique=False)

    op.create_table(
        "office",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("company_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("branch_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("letter_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_office_branch_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_office_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_table(
        "approval",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("author_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("chain", portal.core.db.Json(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("waiting_role", sa.String(), nullable=True),
        sa.Column("waiting_since", portal.core.db.Instant(), nullable=False),
        sa.Column("due_at", portal.core.db.Instant(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_approval_author_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_approval_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_author", ["author_id", "status"], unique=False)
        batch_op.create_index(
            "ix_approval_inbox", ["office_id", "status", "waiting_role", "waiting_since", "id"], unique=False
        )
        batch_op.create_index("uq_approval_record", ["record_id"], unique=True)

    op.create_table(
        "attachment",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("owner_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("received_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_attachment_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_owner", ["owner_id", "position"], unique=False)
        batch_op.create_index("ix_attachment_sha256", ["sha256"], unique=False)

    op.create_table(
        "blob",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("received_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_blob_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("office_id", "sha256", name=op.f("uq_blob_office_id_sha256")),
    )
    op.create_table(
        "bundle",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("cover", portal.core.db.Json(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_bundle_author_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_bundle_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.create_index("ix_bundle_office", ["office_id", "made_at", "id"], unique=False)

    op.create_table(
        "change",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_change_office_id")),
        sa.PrimaryKeyConstraint("office_id", "seq", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_reader", ["office_id", "staff_id", "seq"], unique=False)
        batch_op.create_index("ix_change_record", ["office_id", "record_id", "seq"], unique=False)

    op.create_table(
        "change_counter",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_change_counter_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_change_counter")),
    )
    op.create_table(
        "community",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.Column("name_checked", sa.Boolean(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("first_handover_on", sa.Date(), nullable=True),
        sa.Column("handover_proposed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_community_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("office_id", "name_hans", name=op.f("uq_community_office_id_name_hans")),
        sa.UniqueConstraint("slug", name=op.f("uq_community_slug")),
    )
    op.create_table(
        "department",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_department_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("office_id", "slug", name=op.f("uq_department_office_id_slug")),
    )
    op.create_table(
        "digest",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("sum", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_digest_office_id")),
        sa.PrimaryKeyConstraint("office_id", "community_id", name=op.f("pk_digest")),
    )
    op.create_table(
        "event",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.Column("changes", portal.core.db.Json(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_event_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_subject", ["subject_id", "at"], unique=False)

    op.create_table(
        "fact",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("device_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("subject_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("follows_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("occurred_at", portal.core.db.Instant(), nullable=False),
        sa.Column("recorded_at", portal.core.db.Instant(), nullable=False),
        sa.Column("received_at", portal.core.db.Instant(), nullable=False),
        sa.Column("applied_at", portal.core.db.Instant(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("missing", portal.core.db.Json(), nullable=False),
        sa.Column("problems", portal.core.db.Json(), nullable=False),
        sa.Column("decision", portal.core.db.Json(), nullable=True),
        sa.Column("payload", portal.core.db.Canonical(), nullable=False),
        sa.Column("repaired", portal.core.db.Canonical(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fact_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_fact_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_fact_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index("ix_fact_author", ["office_id", "staff_id", "received_at", "id"], unique=False)
        batch_op.create_index("ix_fact_follows", ["follows_id"], unique=False)
        batch_op.create_index("ix_fact_status", ["office_id", "status", "received_at", "id"], unique=False)
        batch_op.create_index("ix_fact_subject", ["subject_id", "received_at"], unique=False)

    op.create_table(
        "fact_other",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("device_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("fact_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problems", portal.core.db.Json(), nullable=False),
        sa.Column("sha256_of_bytes", sa.String(), nullable=False),
        sa.Column("raw", portal.core.db.Canonical(), nullable=False),
        sa.Column("received_at", portal.core.db.Instant(), nullable=False),
        sa.Column("decision", portal.core.db.Json(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fact_other_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_fact_other_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_fact_other_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_other")),
    )
    with op.batch_alter_table("fact_other", schema=None) as batch_op:
        batch_op.create_index("ix_fact_other_author", ["staff_id", "received_at"], unique=False)
        batch_op.create_index("ix_fact_other_office", ["office_id", "received_at", "id"], unique=False)
        batch_op.create_index("ix_fact_other_seen", ["sha256_of_bytes", "staff_id"], unique=False)

    op.create_table(
        "form_version",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("spec", portal.core.db.Json(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("published_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_form_version_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("hash", name=op.f("uq_form_version_hash")),
    )
    with op.batch_alter_table("form_version", schema=None) as batch_op:
        batch_op.create_index("uq_form_version_form_version", ["form", "version"], unique=True)

    op.create_table(
        "ledger",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_ledger_office_id")),
        sa.PrimaryKeyConstraint("office_id", "seq", name=op.f("pk_ledger")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_ledger_head_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "office_line",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("hours_hans", sa.String(), nullable=False),
        sa.Column("hours_hant", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_line_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_line")),
    )
    with op.batch_alter_table("office_line", schema=None) as batch_op:
        batch_op.create_index("ix_office_line_office", ["office_id", "position"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("brief", sa.String(), nullable=False),
        sa.Column("brief_by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["brief_by_id"], ["staff.id"], name=op.f("fk_plan_brief_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_plan_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_plan_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("office_id", "staff_id", "day", name=op.f("uq_plan_office_id_staff_id_day")),
    )
    op.create_table(
        "policy_value",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", portal.core.db.Json(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_policy_value_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_value")),
    )
    with op.batch_alter_table("policy_value", schema=None) as batch_op:
        batch_op.create_index("ix_policy_value_field", ["office_id", "field", "effective_from"], unique=False)

    op.create_table(
        "register_counter",
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_register_counter_office_id")),
        sa.PrimaryKeyConstraint("office_id", "year", name=op.f("pk_register_counter")),
    )
    op.create_table(
        "revision",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("record_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content", portal.core.db.Canonical(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("author_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_revision_author_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_revision_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("record_id", "n", name=op.f("uq_revision_record_id_n")),
    )
    op.create_table(
        "search_row",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pairs", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_search_row_office_id")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_row")),
    )
    with op.batch_alter_table("search_row", schema=None) as batch_op:
        batch_op.create_index("uq_search_row_record", ["record_id"], unique=True)

    op.create_table(
        "upload",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("quarantined", sa.Boolean(), nullable=False),
        sa.Column("expires_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_upload_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_upload_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index("ix_upload_expires", ["expires_at"], unique=False)
        batch_op.create_index("ix_upload_sha256", ["sha256", "office_id"], unique=False)

    op.create_table(
        "awaited",
        sa.Column("fact_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_awaited_fact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_awaited_office_id")),
        sa.PrimaryKeyConstraint("fact_id", "sha256", name=op.f("pk_awaited")),
    )
    with op.batch_alter_table("awaited", schema=None) as batch_op:
        batch_op.create_index("ix_awaited_sha256", ["office_id", "sha256"], unique=False)

    op.create_table(
        "building",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_hans", sa.String(), nullable=False),
        sa.Column("name_hant", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_building_community_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_building_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_building_community_id_code")),
    )
    op.create_table(
        "bundle_line",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("bundle_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("record_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_bundle_line_bundle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_line")),
        sa.UniqueConstraint("bundle_id", "record_id", name=op.f("uq_bundle_line_bundle_id_record_id")),
    )
    with op.batch_alter_table("bundle_line", schema=None) as batch_op:
        batch_op.create_index("ix_bundle_line_record", ["record_id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("seed_hash", sa.String(), nullable=False),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("frame_hash", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("share_reason", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("size_reason", sa.String(), nullable=False),
        sa.Column("frame_day", sa.Date(), nullable=False),
        sa.Column("frame", portal.core.db.Json(), nullable=False),
        sa.Column("drawn", portal.core.db.Json(), nullable=True),
        sa.Column("drawn_at", portal.core.db.Instant(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("hand_out_by", sa.Date(), nullable=False),
        sa.Column("collect_by", sa.Date(), nullable=False),
        sa.Column("set_dates", portal.core.db.Json(), nullable=False),
        sa.Column("policy", portal.core.db.Json(), nullable=False),
        sa.Column("events", portal.core.db.Json(), nullable=False),
        sa.Column("late_reasons", portal.core.db.Json(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("closing", portal.core.db.Json(), nullable=True),
        sa.Column("closed_at", portal.core.db.Instant(), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=True),
        sa.Column("made_by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_campaign_community_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_campaign_made_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_campaign_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_community", ["community_id", "frame_day", "id"], unique=False)
        batch_op.create_index("ix_campaign_office", ["office_id", "frame_day", "id"], unique=False)

    op.create_table(
        "glossary_term",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("hans", sa.String(), nullable=False),
        sa.Column("hant", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_glossary_term_by_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_glossary_term_community_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_glossary_term_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_term")),
        sa.UniqueConstraint("community_id", "hans", "hant", name=op.f("uq_glossary_term_community_id_hans_hant")),
    )
    op.create_table(
        "issue",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("prominent_reason", sa.String(), nullable=True),
        sa.Column("opened_by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("opened_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_issue_community_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_issue_office_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["staff.id"], name=op.f("fk_issue_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
    )
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.create_index("ix_issue_community", ["community_id", "opened_at", "id"], unique=False)
        batch_op.create_index("ix_issue_office", ["office_id", "opened_at", "id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("source_script", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("public_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.Column("published_at", portal.core.db.Instant(), nullable=True),
        sa.Column("take_down_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_publication_author_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_publication_community_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_publication_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint(
            "office_id", "kind", "year", "number", name=op.f("uq_publication_office_id_kind_year_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_publication_public_id")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(
            "ix_publication_community", ["community_id", "public_version", "published_at", "id"], unique=False
        )
        batch_op.create_index("ix_publication_office", ["office_id", "made_at", "id"], unique=False)
        batch_op.create_index("ix_publication_status", ["office_id", "status", "made_at", "id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("department_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_role_grant_department_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_role_grant_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_role_grant_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_role_grant_office", ["office_id", "role"], unique=False)
        batch_op.create_index("ix_role_grant_staff", ["staff_id"], unique=False)

    op.create_table(
        "roster_import",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("source", portal.core.db.Json(), nullable=False),
        sa.Column("layout", portal.core.db.Json(), nullable=False),
        sa.Column("preview", portal.core.db.Json(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("job_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("asked_at", portal.core.db.Instant(), nullable=False),
        sa.Column("finished_at", portal.core.db.Instant(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("carried", portal.core.db.Json(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("reasons", portal.core.db.Json(), nullable=False),
        sa.Column("problem", portal.core.db.Json(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_roster_import_by_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_import_community_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_roster_import_job_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_roster_import_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index("ix_roster_import_office", ["office_id", "asked_at", "id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("approval_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("for_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("field_comments", portal.core.db.Json(), nullable=False),
        sa.Column("bundle_id", portal.core.db.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_signature_approval_id")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_signature_bundle_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_signature_by_id")),
        sa.ForeignKeyConstraint(["for_id"], ["staff.id"], name=op.f("fk_signature_for_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_signature_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("approval_id", "revision", "step", name=op.f("uq_signature_approval_id_revision_step")),
    )
    op.create_table(
        "edition",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("publication_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("texts", portal.core.db.Json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("checked_by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("checked_at", portal.core.db.Instant(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=True),
        sa.Column("pdf_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["checked_by_id"], ["staff.id"], name=op.f("fk_edition_checked_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_edition_office_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_edition_publication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "publication_id", "version", "script", name=op.f("uq_edition_publication_id_version_script")
        ),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index("ix_edition_hash", ["content_sha256"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("building_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("stair", sa.String(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("floor_guessed", sa.Boolean(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("address_order", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("occupancy", sa.String(), nullable=False),
        sa.Column("tenure", sa.String(), nullable=True),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False),
        sa.Column("area_hundredths", sa.Integer(), nullable=True),
        sa.Column("moved_in", sa.Date(), nullable=True),
        sa.Column("moved_in_precision", sa.String(), nullable=True),
        sa.Column("preference", sa.String(), nullable=False),
        sa.Column("quiet_hours", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("assumed", portal.core.db.Json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_visit_on", sa.Date(), nullable=True),
        sa.Column("open_opinions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_household_building_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_household_community_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_household_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("community_id", "address_key", name=op.f("uq_household_community_id_address_key")),
        sa.UniqueConstraint("unit_code", name=op.f("uq_household_unit_code")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(
            "ix_household_address", ["office_id", "community_id", "address_order", "id"], unique=False
        )
        batch_op.create_index("ix_household_building", ["building_id", "stair", "floor", "room"], unique=False)
        batch_op.create_index(
            "ix_household_building_address",
            ["office_id", "building_id", "community_id", "address_order", "id"],
            unique=False,
        )
        batch_op.create_index("ix_household_office", ["office_id", "id"], unique=False)
        batch_op.create_index("ix_household_opinions", ["office_id", "open_opinions", "id"], unique=False)
        batch_op.create_index("ix_household_visited", ["office_id", "last_visit_on", "id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("publication_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.Column("down_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_posting_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_posting_office_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_posting_publication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index("ix_posting_publication", ["publication_id"], unique=False)

    op.create_table(
        "publication_row",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("publication_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("issue_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("brief_hans", sa.String(), nullable=False),
        sa.Column("brief_hant", sa.String(), nullable=False),
        sa.Column("explanation_hans", sa.String(), nullable=False),
        sa.Column("explanation_hant", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_publication_row_issue_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_publication_row_office_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_publication_row_publication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_row")),
    )
    with op.batch_alter_table("publication_row", schema=None) as batch_op:
        batch_op.create_index("ix_publication_row", ["publication_id", "position"], unique=False)
        batch_op.create_index("ix_publication_row_issue", ["issue_id"], unique=False)

    op.create_table(
        "publication_version",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("publication_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("made_by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.Column("worded_by", portal.core.db.Json(), nullable=False),
        sa.Column("cleared", portal.core.db.Json(), nullable=False),
        sa.Column("reason_hans", sa.String(), nullable=False),
        sa.Column("reason_hant", sa.String(), nullable=False),
        sa.Column("returned_with", sa.String(), nullable=False),
        sa.Column("approved_by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("approved_at", portal.core.db.Instant(), nullable=True),
        sa.Column("published_at", portal.core.db.Instant(), nullable=True),
        sa.Column("ended_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff.id"], name=op.f("fk_publication_version_approved_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_publication_version_made_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_publication_version_office_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_version_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_version")),
        sa.UniqueConstraint("publication_id", "version", name=op.f("uq_publication_version_publication_id_version")),
    )
    op.create_table(
        "report",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("figures_hash", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("made_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_report_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_campaign_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_report_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_campaign", ["campaign_id", "language", "made_at", "id"], unique=False)

    op.create_table(
        "roster_row",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("import_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", portal.core.db.Json(), nullable=False),
        sa.Column("cells", portal.core.db.Json(), nullable=False),
        sa.Column("carried", portal.core.db.Json(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["roster_import.id"], name=op.f("fk_roster_row_import_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_roster_row_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_row")),
        sa.UniqueConstraint("import_id", "line", "code", name=op.f("uq_roster_row_import_id_line_code")),
    )
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.create_index("ix_roster_row_code", ["import_id", "code", "line", "id"], unique=False)
        batch_op.create_index("ix_roster_row_line", ["import_id", "line", "id"], unique=False)
        batch_op.create_index("ix_roster_row_outcome", ["import_id", "outcome", "line", "id"], unique=False)

    op.create_table(
        "wording",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("publication_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("hans", sa.String(), nullable=False),
        sa.Column("hant", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("made_from", sa.String(), nullable=False),
        sa.Column("doubts", portal.core.db.Json(), nullable=False),
        sa.Column("overrides", portal.core.db.Json(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_wording_office_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_wording_publication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint(
            "publication_id",
            "version",
            "owner_id",
            "field",
            name=op.f("uq_wording_publication_id_version_owner_id_field"),
        ),
    )
    op.create_table(
        "contact",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("staff_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("occurred_at", portal.core.db.Instant(), nullable=False),
        sa.Column("received_at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_contact_community_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_contact_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_contact_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_contact_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_contact_office_id_number")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_household", ["household_id", "occurred_at"], unique=False)
        batch_op.create_index("ix_contact_office", ["office_id", "occurred_at", "id"], unique=False)

    op.create_table(
        "frame_line",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("building", sa.String(), nullable=False),
        sa.Column("stair", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("moved_in", sa.Date(), nullable=True),
        sa.Column("certainty", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_frame_line_campaign_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_frame_line_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_frame_line_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_line")),
        sa.UniqueConstraint("campaign_id", "household_id", name=op.f("uq_frame_line_campaign_id_household_id")),
    )
    op.create_table(
        "handout",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("sign_mode", sa.String(), nullable=True),
        sa.Column("collect_on", sa.Date(), nullable=True),
        sa.Column("collect_time", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_handout_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_handout_campaign_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_handout_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_handout_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout")),
    )
    with op.batch_alter_table("handout", schema=None) as batch_op:
        batch_op.create_index("ix_handout_household", ["campaign_id", "household_id", "at"], unique=False)

    op.create_table(
        "resident",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("phone_tail", sa.String(), nullable=False),
        sa.Column("more_phones", portal.core.db.Json(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_resident_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_resident_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index("ix_resident_household", ["household_id", "position"], unique=False)
        batch_op.create_index("ix_resident_phone", ["phone_tail"], unique=False)

    op.create_table(
        "sample_line",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.Boolean(), nullable=False),
        sa.Column("substitute", sa.Boolean(), nullable=False),
        sa.Column("released_for", portal.core.db.Id(length=16), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handed_at", portal.core.db.Instant(), nullable=True),
        sa.Column("collect_on", sa.Date(), nullable=True),
        sa.Column("collect_time", sa.String(), nullable=False),
        sa.Column("returned_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_sample_line_campaign_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_sample_line_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_sample_line_office_id")),
        sa.ForeignKeyConstraint(["released_for"], ["sample_line.id"], name=op.f("fk_sample_line_released_for")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_line")),
        sa.UniqueConstraint("campaign_id", "household_id", name=op.f("uq_sample_line_campaign_id_household_id")),
    )
    with op.batch_alter_table("sample_line", schema=None) as batch_op:
        batch_op.create_index("ix_sample_line_campaign", ["campaign_id", "status", "position", "id"], unique=False)
        batch_op.create_index("ix_sample_line_household", ["household_id"], unique=False)
        batch_op.create_index(
            "ix_sample_line_stratum", ["campaign_id", "stratum", "substitute", "position", "id"], unique=False
        )

    op.create_table(
        "opinion",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("contact_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("issue_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("department_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("answered_with", sa.String(), nullable=False),
        sa.Column("remedy_sought", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("receiver_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("raised_at", portal.core.db.Instant(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("since_at", portal.core.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_opinion_community_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_opinion_contact_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_opinion_department_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_opinion_household_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_opinion_issue_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_opinion_office_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["staff.id"], name=op.f("fk_opinion_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.create_index("ix_opinion_contact", ["contact_id"], unique=False)
        batch_op.create_index("ix_opinion_department", ["department_id", "status", "raised_at", "id"], unique=False)
        batch_op.create_index("ix_opinion_due", ["office_id", "due_on", "id"], unique=False)
        batch_op.create_index("ix_opinion_household", ["household_id", "raised_at"], unique=False)
        batch_op.create_index("ix_opinion_issue", ["issue_id"], unique=False)
        batch_op.create_index("ix_opinion_office", ["office_id", "raised_at", "id"], unique=False)
        batch_op.create_index("ix_opinion_status", ["office_id", "status", "raised_at", "id"], unique=False)

    op.create_table(
        "response",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("contact_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("proxy", sa.Boolean(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.Column("flag", sa.String(), nullable=True),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_response_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_response_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_response_contact_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_response_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_response_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "campaign_id", "household_id", "counted", name=op.f("uq_response_campaign_id_household_id_counted")
        ),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(
            "ix_response_figures", ["campaign_id", "counted", "mode", "proxy", "disposition"], unique=False
        )

    op.create_table(
        "visit",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("contact_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("author_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("second_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.String(), nullable=True),
        sa.Column("met_name", sa.String(), nullable=False),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("opinion_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("occurred_at", portal.core.db.Instant(), nullable=False),
        sa.Column("recorded_at", portal.core.db.Instant(), nullable=False),
        sa.Column("received_at", portal.core.db.Instant(), nullable=False),
        sa.Column("body", portal.core.db.Json(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_visit_author_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_visit_community_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_visit_contact_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_visit_office_id")),
        sa.ForeignKeyConstraint(["second_id"], ["staff.id"], name=op.f("fk_visit_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_author", ["office_id", "author_id", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_visit_community", ["office_id", "community_id", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_visit_household", ["household_id", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_visit_office", ["office_id", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_visit_outcome", ["office_id", "outcome", "occurred_at", "id"], unique=False)
        batch_op.create_index("ix_visit_received", ["office_id", "received_at", "id"], unique=False)
        batch_op.create_index("ix_visit_status", ["office_id", "status", "occurred_at", "id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("campaign_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("response_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("certainty", sa.Boolean(), nullable=False),
        sa.Column("scored", sa.Boolean(), nullable=False),
        sa.Column("opinion_id", portal.core.db.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_answer_campaign_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_answer_office_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_answer_opinion_id")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_answer_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("response_id", "item", name=op.f("uq_answer_response_id_item")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_answer_figures", ["campaign_id", "scored", "item", "place", "certainty", "grade"], unique=False
        )
        batch_op.create_index("ix_answer_opinion", ["opinion_id"], unique=False)

    op.create_table(
        "measure",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("opinion_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("issue_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("department_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("due_kind", sa.String(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_measure_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_measure_department_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_measure_issue_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_measure_office_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_measure_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.create_index("ix_measure_issue", ["issue_id"], unique=False)
        batch_op.create_index("ix_measure_opinion", ["opinion_id", "round"], unique=False)

    op.create_table(
        "opinion_check",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("opinion_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("visit_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_opinion_check_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_opinion_check_office_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_opinion_check_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_check")),
        sa.UniqueConstraint("opinion_id", "round", "visit_id", name=op.f("uq_opinion_check_opinion_id_round_visit_id")),
    )
    op.create_table(
        "opinion_step",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("opinion_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("department_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("by_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("at", portal.core.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_opinion_step_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_opinion_step_department_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_opinion_step_office_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_opinion_step_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_step")),
    )
    with op.batch_alter_table("opinion_step", schema=None) as batch_op:
        batch_op.create_index("ix_opinion_step_opinion", ["opinion_id", "at", "id"], unique=False)

    op.create_table(
        "plan_line",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("plan_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("community_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("household_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("visit_id", portal.core.db.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_plan_line_community_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_plan_line_household_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_plan_line_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_line_plan_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_plan_line_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint("plan_id", "household_id", name=op.f("uq_plan_line_plan_id_household_id")),
    )
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.create_index("ix_plan_line_household", ["household_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("office_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("row_id", portal.core.db.Id(length=16), nullable=False),
        sa.Column("measure_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_hans", sa.String(), nullable=False),
        sa.Column("text_hant", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("department_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("due_kind", sa.String(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("changes", portal.core.db.Json(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome_hans", sa.String(), nullable=False),
        sa.Column("outcome_hant", sa.String(), nullable=False),
        sa.Column("verified_by_id", portal.core.db.Id(length=16), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_commitment_department_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_commitment_measure_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_commitment_office_id")),
        sa.ForeignKeyConstraint(["row_id"], ["publication_row.id"], name=op.f("fk_commitment_row_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["staff.id"], name=op.f("fk_commitment_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_department", ["department_id", "status", "due_on"], unique=False)
        batch_op.create_index("ix_commitment_due", ["office_id", "due_on", "id"], unique=False)
        batch_op.create_index("ix_commitment_row", ["row_id", "position"], unique=False)
    for statement in SQLITE_FTS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_FTS:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_row")
        batch_op.drop_index("ix_commitment_due")
        batch_op.drop_index("ix_commitment_department")

    op.drop_table("commitment")
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_line_household")

    op.drop_table("plan_line")
    with op.batch_alter_table("opinion_step", schema=None) as batch_op:
        batch_op.drop_index("ix_opinion_step_opinion")

    op.drop_table("opinion_step")
    op.drop_table("opinion_check")
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.drop_index("ix_measure_opinion")
        batch_op.drop_index("ix_measure_issue")

    op.drop_table("measure")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_opinion")
        batch_op.drop_index("ix_answer_figures")

    op.drop_table("answer")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_status")
        batch_op.drop_index("ix_visit_received")
        batch_op.drop_index("ix_visit_outcome")
        batch_op.drop_index("ix_visit_office")
        batch_op.drop_index("ix_visit_household")
        batch_op.drop_index("ix_visit_community")
        batch_op.drop_index("ix_visit_author")

    op.drop_table("visit")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index("ix_response_figures")

    op.drop_table("response")
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.drop_index("ix_opinion_status")
        batch_op.drop_index("ix_opinion_office")
        batch_op.drop_index("ix_opinion_issue")
        batch_op.drop_index("ix_opinion_household")
        batch_op.drop_index("ix_opinion_due")
        batch_op.drop_index("ix_opinion_department")
        batch_op.drop_index("ix_opinion_contact")

    op.drop_table("opinion")
    with op.batch_alter_table("sample_line", schema=None) as batch_op:
        batch_op.drop_index("ix_sample_line_stratum")
        batch_op.drop_index("ix_sample_line_household")
        batch_op.drop_index("ix_sample_line_campaign")

    op.drop_table("sample_line")
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.drop_index("ix_resident_phone")
        batch_op.drop_index("ix_resident_household")

    op.drop_table("resident")
    with op.batch_alter_table("handout", schema=None) as batch_op:
        batch_op.drop_index("ix_handout_household")

    op.drop_table("handout")
    op.drop_table("frame_line")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_office")
        batch_op.drop_index("ix_contact_household")

    op.drop_table("contact")
    op.drop_table("wording")
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_row_outcome")
        batch_op.drop_index("ix_roster_row_line")
        batch_op.drop_index("ix_roster_row_code")

    op.drop_table("roster_row")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_campaign")

    op.drop_table("report")
    op.drop_table("publication_version")
    with op.batch_alter_table("publication_row", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_row_issue")
        batch_op.drop_index("ix_publication_row")

    op.drop_table("publication_row")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index("ix_posting_publication")

    op.drop_table("posting")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index("ix_household_visited")
        batch_op.drop_index("ix_household_opinions")
        batch_op.drop_index("ix_household_office")
        batch_op.drop_index("ix_household_building_address")
        batch_op.drop_index("ix_household_building")
        batch_op.drop_index("ix_household_address")

    op.drop_table("household")
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_index("ix_edition_hash")

    op.drop_table("edition")
    op.drop_table("signature")
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_import_office")

    op.drop_table("roster_import")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index("ix_role_grant_staff")
        batch_op.drop_index("ix_role_grant_office")

    op.drop_table("role_grant")
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.drop_index("ix_publication_status")
        batch_op.drop_index("ix_publication_office")
        batch_op.drop_index("ix_publication_community")

    op.drop_table("publication")
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_office")
        batch_op.drop_index("ix_issue_community")

    op.drop_table("issue")
    op.drop_table("glossary_term")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_office")
        batch_op.drop_index("ix_campaign_community")

    op.drop_table("campaign")
    with op.batch_alter_table("bundle_line", schema=None) as batch_op:
        batch_op.drop_index("ix_bundle_line_record")

    op.drop_table("bundle_line")
    op.drop_table("building")
    with op.batch_alter_table("awaited", schema=None) as batch_op:
        batch_op.drop_index("ix_awaited_sha256")

    op.drop_table("awaited")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index("ix_upload_sha256")
        batch_op.drop_index("ix_upload_expires")

    op.drop_table("upload")
    with op.batch_alter_table("search_row", schema=None) as batch_op:
        batch_op.drop_index("uq_search_row_record")

    op.drop_table("search_row")
    op.drop_table("revision")
    op.drop_table("register_counter")
    with op.batch_alter_table("policy_value", schema=None) as batch_op:
        batch_op.drop_index("ix_policy_value_field")

    op.drop_table("policy_value")
    op.drop_table("plan")
    with op.batch_alter_table("office_line", schema=None) as batch_op:
        batch_op.drop_index("ix_office_line_office")

    op.drop_table("office_line")
    op.drop_table("ledger_head")
    op.drop_table("ledger")
    with op.batch_alter_table("form_version", schema=None) as batch_op:
        batch_op.drop_index("uq_form_version_form_version")

    op.drop_table("form_version")
    with op.batch_alter_table("fact_other", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_other_seen")
        batch_op.drop_index("ix_fact_other_office")
        batch_op.drop_index("ix_fact_other_author")

    op.drop_table("fact_other")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_subject")
        batch_op.drop_index("ix_fact_status")
        batch_op.drop_index("ix_fact_follows")
        batch_op.drop_index("ix_fact_author")

    op.drop_table("fact")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")

    op.drop_table("event")
    op.drop_table("digest")
    op.drop_table("department")
    op.drop_table("community")
    op.drop_table("change_counter")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index("ix_change_record")
        batch_op.drop_index("ix_change_reader")

    op.drop_table("change")
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.drop_index("ix_bundle_office")

    op.drop_table("bundle")
    op.drop_table("blob")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_sha256")
        batch_op.drop_index("ix_attachment_owner")

    op.drop_table("attachment")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index("uq_approval_record")
        batch_op.drop_index("ix_approval_inbox")
        batch_op.drop_index("ix_approval_author")

    op.drop_table("approval")
    op.drop_table("office")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index("ix_device_staff")

    op.drop_table("device")
    op.drop_table("staff")
    op.drop_table("branch")
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_login_failure_login")
        batch_op.drop_index("ix_login_failure_address")

    op.drop_table("login_failure")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_waiting")

    op.drop_table("job")
    op.drop_table("company")
