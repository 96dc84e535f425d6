"""All tables, loaded for the migrations and the start; nothing else imports this."""

import portal.accounts.models
import portal.core.audit
import portal.core.changes
import portal.core.facts
import portal.core.jobs
import portal.core.search
import portal.core.storage
import portal.households.models
import portal.opinions.models
import portal.publishing.models
import portal.signoff.models
import portal.statistics.models
import portal.surveys.models
import portal.visits.models  # noqa: F401
