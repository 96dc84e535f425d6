// The keypad: who works here, what waits to be sent, the PIN.

import { address, clone, fill, follow, slot, to } from "../dom.js";
import { OVER } from "../outbox.js";
import { PinRefused, people, unlock, waitOf } from "../people.js";
import { waitingOf } from "../vault.js";
import { say } from "../words.js";

const PAGE = /^(household|visit|elevation|find|outbox|survey|pin)?(\?.*)?$/;

export async function start(app, query) {
  const all = await people();
  const target = PAGE.test(query.get("to") ?? "") ? address("today") + (query.get("to") ?? "") : address("today");
  if (app.vault || !all.length) {
    follow(app.vault ? target : address("enrol"));
    return;
  }
  const chosen = all.find((each) => each.id === query.get("person")) ?? all[0];
  await choices(all, chosen, query);
  fill(document, { forgotten: to(address("enrol", { person: chosen.id })) });
  new Keypad(app, chosen, target);
}

async function choices(all, chosen, query) {
  const waits = await Promise.all(all.map((each) => waitingOf(each.id, OVER).catch(() => 0)));
  const mine = waits[all.indexOf(chosen)];
  fill(document, { waits: mine ? say("unlock_unsent", { n: mine }) : say("unlock_nothing") });
  if (all.length < 2) return;
  const tiles = all.map((each, index) => {
    const tile = clone("person", { mark: each.mark, unsent: waits[index] ? say("unsent_count", { n: waits[index] }) : "" });
    tile.href = address("unlock", { person: each.id, to: query.get("to") });
    tile.setAttribute("aria-label", [say("person_mark", { mark: each.mark }), waits[index] ? say("unsent_count", { n: waits[index] }) : ""].filter(Boolean).join(" "));
    if (each === chosen) tile.setAttribute("aria-current", "true");
    return tile;
  });
  slot(document, "people").replaceChildren(...tiles);
  globalThis.htmx?.process(slot(document, "people"));
  fill(document, { people: true });
}

class Keypad {
  constructor(app, person, target) {
    Object.assign(this, { app, person, target, input: slot(document, "pin"), busy: false });
    slot(document, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt();
    });
    for (const button of document.querySelectorAll("[data-digit]")) button.addEventListener("click", () => this.type(this.input.value + button.dataset.digit));
    slot(document, "rub").addEventListener("click", () => this.type(this.input.value.slice(0, -1)));
    if (matchMedia("(hover: hover)").matches) this.input.focus();
    this.hold(waitOf(person));
  }

  type(value) {
    this.input.value = value.slice(0, 12);
    fill(document, { error: false });
  }

  async attempt() {
    if (this.busy || !this.input.value || this.until > Date.now()) return;
    this.busy = true;
    fill(document, { error: false, progress: say("unlocking") });
    try {
      const key = await unlock(this.person.id, this.input.value);
      await this.app.enter(this.person.id, key);
      follow(this.target);
    } catch (problem) {
      if (!(problem instanceof PinRefused)) throw problem;
      this.input.value = "";
      fill(document, { error: problem.code === "pin_wrong" ? say("pin_wrong") : false });
      this.hold(problem.wait);
    } finally {
      this.busy = false;
      fill(document, { progress: false });
    }
  }

  // After several wrong ones: how long it takes until the next.
  hold(wait) {
    this.until = Date.now() + wait;
    const draw = () => {
      const left = Math.ceil((this.until - Date.now()) / 1000);
      slot(document, "open").disabled = left > 0;
      fill(document, { wait: left > 0 ? say(left > 90 ? "pin_wait_minutes" : "pin_wait", { seconds: left, minutes: Math.ceil(left / 60) }) : false });
      if (left <= 0) clearInterval(timer);
    };
    const timer = setInterval(draw, 1000);
    this.app.stop.push(() => clearInterval(timer));
    draw();
  }
}
