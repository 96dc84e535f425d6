// The steps of a form: what is done is folded to a line, the current one and what follows stands open.

import { clone, icon, slot } from "./dom.js";
import { spoken } from "./controls.js";
import { COMMA, say } from "./words.js";

export class Stepper {
  /** `moved(step)` when the person goes on or back. */
  constructor(view, { moved }) {
    this.view = view;
    this.moved = moved;
    this.steps = [...view.form.querySelectorAll("[data-step]")];
    this.at = 0;
  }

  get current() {
    return this.steps[this.at];
  }

  get next() {
    return this.steps[this.at + 1] ?? null;
  }

  name(step) {
    return step.dataset.stepName;
  }

  /** Go to a step by its key or index; unknown ones lead to the first. */
  go(to, focus = true) {
    const index = typeof to === "number" ? to : this.steps.findIndex((step) => step.dataset.step === to);
    this.at = Math.max(0, Math.min(this.steps.length - 1, index));
    this.draw();
    if (focus) {
      const heading = this.current.querySelector("h2");
      heading.focus({ preventScroll: true });
      (this.at ? this.current : document.body).scrollIntoView({ block: "start" });
    }
    this.moved(this.current.dataset.step, this.name(this.current));
  }

  draw() {
    this.steps.forEach((step, index) => (step.hidden = index < this.at));
    const folded = slot(document, "folded");
    folded.replaceChildren(...this.steps.slice(0, this.at).map((step, index) => this.foldedLine(step, index)));
    folded.hidden = this.at === 0;
    for (const name of ["steps", "steps-tall"]) slot(document, name)?.replaceChildren(...this.steps.map((step, index) => this.link(step, index, name === "steps-tall")));
  }

  foldedLine(step, index) {
    const line = clone("folded", { name: this.name(step), summary: this.summary(step) });
    slot(line, "change").addEventListener("click", () => this.go(index));
    return line;
  }

  link(step, index, tall) {
    const link = clone("step", { number: String(index + 1), name: this.name(step), note: tall ? this.note(step) : "" });
    link.href = `#${step.id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.go(index);
    });
    if (index < this.at) {
      link.classList.add("is-done");
      slot(link, "number").replaceChildren(icon("check"));
    }
    if (index === this.at) link.setAttribute("aria-current", "step");
    return link;
  }

  summary(step) {
    const members = step.querySelectorAll("[data-member]").length;
    const fields = [...step.querySelectorAll(".field")].filter((field) => !field.hidden && field.dataset.type !== "group" && !field.closest("[data-member]"));
    const said = fields.map(spoken).filter(Boolean).slice(0, 5);
    return [members ? say("members_count", { n: members }) : "", ...said].filter(Boolean).join(COMMA);
  }

  note(step) {
    const ratings = step.querySelectorAll(".rating").length;
    if (ratings) return `${step.querySelectorAll(".rating input:checked").length} / ${ratings}`;
    const members = step.querySelectorAll("[data-member]").length;
    return members ? say("members_count", { n: members }) : "";
  }

  /** What is still missing, step by step: `Rating 2, Signature 1`. */
  missing() {
    return this.steps.map((step) => [this.name(step), this.view.problemsOf(step.dataset.step).length]).filter(([, count]) => count).map(([name, count]) => `${name} ${count}`);
  }
}
