// The visit record: opens its draft, leads through the steps, and hands the finished record to the outbox.

import { bindStaffInk } from "../attachments.js";
import { recordOf } from "../blocks.js";
import { address, clone, fill, heading, slot, tagged, to } from "../dom.js";
import { listsFor } from "../formlists.js";
import { FormView, loadForm } from "../formview.js";
import { whereIs, whoLives } from "../households.js";
import { memberIds } from "../paths.js";
import { draftFor, finish } from "../recording.js";
import { session } from "../session.js";
import { settled } from "../signature.js";
import { Stepper } from "../stepper.js";
import { isFull } from "../vault.js";
import { comments } from "./today.js";
import { opinionTag, measureWords } from "./household.js";
import { COMMA, clock, say } from "../words.js";

export async function start(app, query) {
  const { vault } = app;
  const mine = await session(vault);
  const draft = await draftFor(vault, mine, query);
  if (!draft) {
    fill(document, { title: say("unknown_household") });
    return;
  }
  app.flush = () => draft.flush();
  if (!query.get("draft")) history.replaceState(history.state, "", address("visit", { id: draft.head.household, draft: draft.id }));
  const household = await recordOf(vault, draft.head.household);
  const view = await formOf(vault, mine, draft, household);
  await head(vault, draft, household);
  aside(household);
  watchSaving(draft);
  const stepper = new Stepper(view, { moved: (step, name) => draft.note({ step: name, at: step }) });
  stepper.go(draft.head.body?.at ?? 0, false);
  const foot = () => footer(stepper);
  view.addEventListener("typed", () => {
    stepper.draw();
    foot();
  });
  foot();
  slot(document, "next").addEventListener("click", () => onward(app, mine, draft, view, stepper, foot));
}

async function formOf(vault, mine, draft, household) {
  const { formDocument, form, base } = await loadForm(vault, draft.head.form);
  const raised = memberIds(draft.rows, "opinions"); // in this very visit, whose correction this is
  const open = (household?.data.opinions ?? []).map((each) => each.id).filter((id) => !raised.includes(id));
  const kept = [...draft.rows.keys()].filter((path) => /^checks\/[^/]+$/.test(path)).map((path) => path.split("/")[1]);
  const numbers = await vault.count("blocks", "kind", "number_block");
  slot(document, "form").replaceChildren(form);
  const view = new FormView({
    form, formDocument, base, draft, vault,
    owner: mine.user.id,
    lists: await listsFor(vault, mine, household),
    leaveOut: numbers ? [] : ["case_number"],
    asked: { checks: [...new Set([...open, ...kept])] },
  });
  await view.start();
  nameChecks(form, household, draft.head.kind === "correction" ? await recordOf(vault, draft.head.subject) : null);
  staffInk(form, view, mine);
  return view;
}

// Each earlier opinion is named by what was said then and what was done since.
function nameChecks(form, household, record) {
  for (const member of form.querySelectorAll("[data-path=checks] [data-member]")) {
    const opinion = (household?.data.opinions ?? []).find((each) => each.id === member.dataset.member);
    const then = record?.data.returned?.earlier?.find((each) => each.id === member.dataset.member);
    fill(member, { number: opinion?.content ?? then?.content ?? say("earlier_opinion"), about: opinion ? measureWords(opinion) : "" });
  }
}

function staffInk(form, view, mine) {
  const field = form.querySelector("[data-path=resident_signature]");
  if (!field) return;
  const box = clone("staff-ink", { "staff-name": say("visitor_signs", { name: mine.user.name }) });
  field.before(box);
  bindStaffInk(box.querySelector("[data-signature]"), view, mine.user.id);
}

async function head(vault, draft, household) {
  const what = say(`kind_${draft.head.kind}`);
  const title = slot(document, "title");
  heading(document, "title", `${await whereIs(vault, household)}`);
  title.append(Object.assign(document.createElement("small"), { textContent: draft.head.follows ? say("kind_again") : what }));
  slot(document, "back").href = address("household", { id: draft.head.household });
  const record = draft.head.kind === "correction" ? await recordOf(vault, draft.head.subject) : null;
  const said = comments(record).map((each) => clone("comment", { said: each.text, by: fieldName(each.field) }));
  slot(document, "comment-list").replaceChildren(...said);
  fill(document, { comments: said.length > 0 });
}

// The name of the field that a comment is about, as the form calls it.
function fieldName(path) {
  const label = path ? document.querySelector(`[data-path="${CSS.escape(path.replace(/^\/(body\/)?/, "")).replaceAll("\\/", "/")}"] .field__label span`) : null;
  return label?.textContent ?? "";
}

function aside(household) {
  if (!household) return;
  const { data } = household;
  fill(document, { aside: true, "aside-name": whoLives(household), "aside-note": [data.preference, data.quiet_hours && say("quiet_hours", { hours: data.quiet_hours })].filter(Boolean).join("\n") });
  const items = (data.opinions ?? []).map((each) => clone("aside", { what: each.content, tag: tagged(...opinionTag(each)) }));
  slot(document, "aside-past-list").replaceChildren(...items);
  fill(document, { "aside-past": items.length > 0 });
}

/** The line that says what is safe: saved and when, or why not. */
export function watchSaving(draft) {
  const place = slot(document, "saved");
  const saved = (at) => {
    place.classList.remove("saved--not");
    place.replaceChildren(clone("saved", { words: say("saved_here"), time: clock(at, true) }));
  };
  saved(draft.head.changed_at);
  draft.addEventListener("saved", (event) => saved(event.detail));
  draft.addEventListener("unsaved", (event) => {
    place.classList.add("saved--not");
    place.textContent = isFull(event.detail) ? say("not_saved_full") : say("not_saved");
  });
}

function footer(stepper) {
  const missing = stepper.missing();
  const button = slot(document, "next");
  slot(document, "missing").textContent = missing.length ? say("still_missing", { what: missing.join(COMMA) }) : say("nothing_missing");
  button.disabled = false;
  button.textContent = stepper.next ? say("next_step", { name: stepper.name(stepper.next) }) : say("finish");
}

async function onward(app, mine, draft, view, stepper, foot) {
  await settled();
  // What is missing is shown with the next frame, but the answer of this moment decides.
  view.refresh();
  const here = view.problemsOf(stepper.current.dataset.step);
  if (stepper.next) {
    if (here.length) view.show(here);
    else stepper.go(stepper.at + 1);
    foot();
    return;
  }
  if (view.found.length) {
    const first = stepper.steps.findIndex((step) => view.problemsOf(step.dataset.step).length);
    if (first < stepper.at) stepper.go(first, false);
    view.show(view.found);
    foot();
    return;
  }
  slot(document, "next").disabled = true;
  try {
    await finish(app.vault, mine, draft, view);
    app.flush = async () => {};
    location.assign(address("today"));
  } catch (problem) {
    console.error(problem);
    slot(document, "missing").textContent = problem.code === "photo_gone" ? say("photo_gone_finish") : say(isFull(problem) ? "not_saved_full" : "not_saved");
    slot(document, "next").disabled = false;
    draft.closed = false;
  }
}
