// The strip: who I am, when the portal was last reached, whether my work is safe. Always the same three answers.

import { fill, icon, notice, slot } from "./dom.js";
import { officeLists } from "./formlists.js";
import { backlog, session } from "./session.js";
import { inScript, label, say, setZone, when } from "./words.js";

/** Fill the strip and the dock of the page, and the notices that concern every page. */
export async function showStatus(vault) {
  const [mine, open, sync, server, pull] = [await session(vault), await backlog(vault), await vault.recall("sync"), await vault.recall("server"), await vault.recall("pull")];
  if (!mine) return;
  const office = await officeLists(vault, mine.offices?.[0]?.id);
  setZone(office.time_zone);
  fill(document, {
    office: inScript(office.office, mine.offices?.[0]?.name ?? say("linli")),
    user: mine.user.name,
    contact: (element) => contact(element, sync, server),
    unsent: open.count ? true : false,
    "unsent-words": open.count ? say("unsent_count", { n: open.count }) : undefined,
  });
  const count = slot(document, "dock-unsent");
  if (count) {
    count.hidden = !open.count;
    count.textContent = String(open.count);
  }
  notices(sync, server, open, pull);
}

function contact(element, sync, server) {
  const reached = server?.heard_at;
  const well = sync && sync.problem === null;
  const words = !reached ? say("never_synced") : well ? say("synced_at", { time: when(reached) }) : say("no_signal_since", { time: when(reached) });
  element.replaceChildren(icon(well ? "cloud" : "offline"), document.createTextNode(words));
  element.hidden = false;
}

function notices(sync, server, open, pull) {
  const offset = server?.clock?.offset_ms ?? 0;
  const far = Math.abs(offset) > 300_000;
  notice("clock", far ? say(offset > 0 ? "clock_behind" : "clock_ahead", { minutes: Math.round(Math.abs(offset) / 60_000) }) : null);
  notice("sign-in", sync?.problem === "sign_in" ? say("sign_in_again") : null);
  notice("revoked", sync?.problem === "revoked" || server?.device === "revoked" ? say("device_revoked") : null);
  const days = open.oldest ? Math.floor((Date.now() - Date.parse(open.oldest)) / 86_400_000) : 0;
  notice("old", days >= 3 ? say("oldest_unsent", { days }) : null);
  notice("differs", pull?.different?.length ? say("data_differs") : null);
}

/** The word for a state of a record, and what the office says of it. */
export function officeWords(record) {
  return record?.data?.status ? label("visit_status", record.data.status) : "";
}
