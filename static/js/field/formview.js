// A form on the page, bound to its draft: fills what is kept, keeps what is typed, shows and hides by the document's
// conditions, and says what is wrong. Nothing here knows what a visit is.

import { allowTakingBack, fillOptions, readControl, writeControl } from "./controls.js";
import { bindAttachments } from "./attachments.js";
import { slot } from "./dom.js";
import { holds, problems, withoutHidden } from "./formspec.js";
import { uuid7 } from "./ids.js";
import { fold, layMember, named, number } from "./members.js";
import { answersBeside, assembled, fieldAt, memberIds } from "./paths.js";
import { hashOf } from "./published.js";
import { build, language, problemWords } from "./words.js";

/** The document and the empty form, from what the worker holds. */
export async function loadForm(vault, name) {
  const hash = await hashOf(vault, name);
  const base = `/field/${language}/${build}/forms/${hash}/`;
  const [formDocument, shell] = await Promise.all([
    fetch(`/field/${build}/forms/${hash}.json`, { credentials: "omit" }).then((answer) => answer.json()),
    fetch(`${base}form`, { credentials: "omit" }).then((answer) => answer.text()),
  ]);
  const page = new DOMParser().parseFromString(shell, "text/html");
  return { formDocument, form: document.importNode(page.querySelector("form"), true), base };
}

export class FormView extends EventTarget {
  /** `lists`: options by name; `leaveOut`: keys that are not asked here; `asked`: ids for groups that go by a record. */
  constructor({ form, formDocument, base, draft, vault, owner, lists = {}, leaveOut = [], asked = {} }) {
    super();
    Object.assign(this, { form, formDocument, base, draft, vault, owner, lists, leaveOut, asked });
    this.shownProblems = new Set();
  }

  async start() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("change", (event) => this.typed(event.target));
    this.form.addEventListener("click", (event) => this.pressed(event.target.closest("[data-act]")));
    this.form.addEventListener("htmx:load", (event) => this.arrived(event.detail?.elt ?? event.target));
    allowTakingBack(this.form, (input) => this.typed(input));
    for (const group of this.groups()) await this.layGroup(group);
    this.bind(this.form);
    globalThis.htmx?.process(this.form);
    this.refresh();
  }

  groups() {
    return this.formDocument.steps.flatMap((step) => step.fields).filter((field) => field.type === "group" && field.repeat);
  }

  get answers() {
    return assembled(this.formDocument, this.draft.rows);
  }

  /** What would be sent: the answers less what the conditions hide. */
  get body() {
    return withoutHidden(this.formDocument, this.answers);
  }

  async layGroup(group) {
    const list = this.listOf(group.key);
    const kept = memberIds(this.draft.rows, group.key);
    for (const id of group.by ? (this.asked[group.key] ?? kept) : kept) {
      const element = await layMember(list, this.base, group.key, id);
      if (!group.by) fold(element, true);
    }
    number(list);
    list.closest(".field").hidden = Boolean(group.by) && list.childElementCount === 0;
  }

  listOf(key) {
    return slot(this.form.querySelector(`[data-path="${key}"]`), "members");
  }

  bind(root) {
    fillOptions(root, this.lists);
    for (const field of root.querySelectorAll("[data-path]")) {
      const { type, path } = field.dataset;
      if (this.leaveOut.includes(field.dataset.key)) field.dataset.leftOut = "";
      if (["photos", "signature"].includes(type)) bindAttachments(field, this);
      else if (type !== "group") writeControl(field, this.draft.value(path));
    }
    for (const member of root.matches("[data-member]") ? [root] : root.querySelectorAll("[data-member]")) if (!slot(member, "summary").hidden) fold(member, true);
  }

  typed(control) {
    const field = control.closest?.("[data-path]");
    if (!field || control.type === "file") return;
    this.set(field.dataset.path, readControl(field));
  }

  set(path, value) {
    const empty = value === undefined || value === "" || (Array.isArray(value) && !value.length);
    this.draft.set(path, empty ? undefined : value);
    this.marked(path);
    this.soon(path);
  }

  // Typing is never held up: what follows from it is shown with the next frame.
  soon(path) {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.refresh();
      this.dispatchEvent(new CustomEvent("typed", { detail: path }));
    });
  }

  // A member that goes by a record exists once something of it is answered.
  marked(path) {
    const [key, id] = path.split("/");
    const group = this.groups().find((each) => each.key === key);
    if (!group?.by || !id) return;
    const answered = group.fields.some((field) => field.key !== group.by && this.draft.value(`${key}/${id}/${field.key}`) !== undefined);
    this.draft.set(`${key}/${id}`, answered ? true : undefined);
    this.draft.set(`${key}/${id}/${group.by}`, answered ? id : undefined);
  }

  // One more, brought by htmx.
  arrived(element) {
    const member = element.matches?.("[data-member='__id__']") ? element : element.querySelector?.("[data-member='__id__']");
    if (!member) return;
    const key = member.closest("[data-path]").dataset.path;
    const id = uuid7();
    named(member, id);
    this.draft.set(`${key}/${id}`, true);
    for (const each of member.parentElement.children) if (each !== member) fold(each, true);
    this.bind(member);
    number(member.parentElement);
    this.refresh();
    member.scrollIntoView({ block: "start" });
    member.querySelector("input, textarea, select")?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("typed", { detail: key }));
  }

  pressed(button) {
    const member = button?.closest("[data-member]");
    if (!member) return;
    const list = member.parentElement;
    if (button.dataset.act === "remove") {
      this.draft.drop(`${list.closest("[data-path]").dataset.path}/${member.dataset.member}`);
      member.remove();
      number(list);
      list.closest(".field").querySelector("[data-add]")?.focus();
      this.refresh();
      this.dispatchEvent(new CustomEvent("typed", { detail: "" }));
      return;
    }
    fold(member, button.dataset.act === "close");
    member.querySelector(button.dataset.act === "close" ? "[data-act=open]" : "input, textarea")?.focus();
  }

  /** Show and hide by the conditions, and keep the problems that were shown true. */
  refresh() {
    const answers = this.answers;
    for (const field of this.form.querySelectorAll("[data-path]")) {
      const asked = fieldAt(this.formDocument, field.dataset.path);
      const group = asked?.type === "group" && asked.by && !slot(field, "members")?.childElementCount;
      const beside = answersBeside(answers, field.dataset.path);
      field.hidden = "leftOut" in field.dataset || Boolean(group) || !holds(asked?.when ?? true, beside) || standsIn(asked, beside) || nothingToAsk(asked, beside);
    }
    this.found = problems(this.formDocument, this.body).map(([path, code, params]) => ({ path: path.join("/"), code, params }));
    for (const field of this.form.querySelectorAll("[data-path]")) this.mark(field);
  }

  mark(field) {
    const { path } = field.dataset;
    const problem = this.shownProblems.has(path) ? this.found.find((each) => each.path === path) : null;
    const error = slot(field, "error");
    error.hidden = !problem;
    error.textContent = problem ? problemWords(problem.code, problem.params) : "";
    field.classList.toggle("field--wrong", Boolean(problem));
    for (const control of field.querySelectorAll(":scope [name]")) if (control.closest("[data-path]") === field) control.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** The problems within a step, by the path at which they are shown. */
  problemsOf(step) {
    const keys = this.formDocument.steps.find((each) => each.key === step).fields.map((field) => field.key);
    return this.found.filter(({ path }) => keys.includes(path.split("/")[0]));
  }

  /** Show these problems, open the members they are in, and go to the first. */
  show(found) {
    for (const { path } of found) this.shownProblems.add(path);
    this.refresh();
    for (const { path } of found) {
      const member = this.form.querySelector(`[data-path="${CSS.escape(path).replaceAll("\\/", "/")}"]`)?.closest("[data-member]");
      if (member) fold(member, false);
    }
    const first = this.form.querySelector(".field--wrong");
    first?.scrollIntoView({ block: "center" });
    first?.querySelector("input, textarea, select, [tabindex]")?.focus();
  }
}

// Asked only in place of another answer (why there is no signature): while that one is given, it is out of the way.
function standsIn(field, answers) {
  const { required } = field ?? {};
  const instead = Array.isArray(required) && required[0] === "not" && required[1][0] === "answered";
  return instead && field.when !== undefined && !holds(required, answers) && answers[field.key] === undefined;
}

// One possible answer, and it is given.
function nothingToAsk(field, answers) {
  return field?.options?.length === 1 && answers[field.key] !== undefined;
}
