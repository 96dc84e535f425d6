"""What is asked of a page inside the browser: axe, and the checks that axe does not make."""

from pathlib import Path

AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")

AXE_PATH = "/static/axe-for-tests.js"  # the tests' own server answers it
LOAD = f"""() => new Promise((loaded, failed) => {{
  const script = document.createElement("script");
  script.src = "{AXE_PATH}";
  script.onload = () => {{ script.remove(); loaded(); }};
  script.onerror = () => failed(new Error("axe was not loaded"));
  document.head.append(script);
}})"""

# Everything that can be folded out is folded out, so that it is looked at too. All rules run; on public pages text must
# reach 7:1 besides.
RUN = """async ({ public: open }) => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const rules = { "target-size": { enabled: true } };
  if (open) rules["color-contrast-enhanced"] = { enabled: true };
  const found = await axe.run(document, { resultTypes: ["violations"], rules });
  return JSON.stringify(found.violations.flatMap((v) => v.nodes.map((n) =>
    `${v.id} ${n.target.join(" ")} ${n.html.slice(0, 120)} ${(n.any[0] || n.all[0] || n.none[0])?.message.slice(0, 200)}`)));
}"""

# In every size of text.
SIDEWAYS = """(sizes) => sizes.flatMap((size) => {
  document.documentElement.dataset.size = size;
  const width = document.documentElement.clientWidth;
  const found = [];
  const name = (e) => `${e.tagName.toLowerCase()}.${String(e.className?.baseVal ?? e.className).trim().replaceAll(/\\s+/g, ".")}`;
  if (document.documentElement.scrollWidth > width) {
    const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX) && p !== document.body && p !== document.documentElement) return true; return false; };
    const beyond = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1 && e.getClientRects().length && !scrolls(e));
    found.push(`${size}: ${document.documentElement.scrollWidth} px wide: ${beyond.slice(0, 4).map(name).join(", ")}`);
  }
  // Words squeezed into a column of single letters do not lie beyond the edge, but nobody can read them either.
  for (const e of document.body.querySelectorAll("*")) {
    const said = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (said.length < 4 || e.closest("svg, .sr, .vh, [hidden]") || !e.checkVisibility()) continue;
    const letter = parseFloat(getComputedStyle(e).fontSize);
    const range = document.createRange();
    range.selectNodeContents(e);
    const box = range.getBoundingClientRect();
    if (box.width && box.width < 2.2 * letter && box.height > 4 * letter) found.push(`${size}: squeezed: ${name(e)} ${said.slice(0, 20)}`);
  }
  return found;
})"""

MOVING = """() => {
  const found = document.getAnimations().map((a) => `${a.effect?.target?.className} is animated`);
  for (const e of document.querySelectorAll("*")) {
    for (const part of [undefined, "::before", "::after"]) {
      const s = getComputedStyle(e, part);
      if (s.animationName !== "none" && parseFloat(s.animationDuration) > 0) found.push(`${e.tagName}.${e.className}${part ?? ""}: ${s.animationName}`);
      if (s.transitionDuration.split(",").some((d) => parseFloat(d) > 0.001)) found.push(`${e.tagName}.${e.className}${part ?? ""}: transition ${s.transitionDuration}`);
      if (s.scrollBehavior === "smooth") found.push(`${e.tagName}: smooth scrolling`);
    }
  }
  return [...new Set(found)].slice(0, 20);
}"""

# The control itself or what stands around it must look different with the keyboard on it: an outline, a frame, a shadow.
FOCUS = """() => {
  const clear = (colour) => /rgba\\(.*, 0\\)$/.test(colour) || colour === "transparent";
  const one = (e) => {
    if (!e) return "";
    const s = getComputedStyle(e);
    const outline = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1 && !clear(s.outlineColor) ? `${s.outlineStyle} ${s.outlineWidth} ${s.outlineColor}` : "";
    const border = ["Top", "Right", "Bottom", "Left"].map((side) => `${s[`border${side}Style`]} ${s[`border${side}Width`]} ${s[`border${side}Color`]}`).join();
    return `${outline}|${s.boxShadow}|${border}`;
  };
  const look = (e) => [e, e.nextElementSibling, e.closest("label"), e.parentElement, e.parentElement?.parentElement].map(one).join("/");
  const found = [];
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  for (const e of all) {
    if (e.disabled || !e.checkVisibility({ visibilityProperty: true }) || e.closest("[inert]")) continue;
    document.activeElement?.blur();
    const before = look(e);
    e.focus();
    if (document.activeElement !== e) continue;
    if (look(e) === before) found.push(`${e.tagName.toLowerCase()}.${String(e.className).trim()} ${(e.textContent || e.name || "").trim().slice(0, 20)}`);
  }
  return [...new Set(found)].slice(0, 12);
}"""

EMPTY = """() => [...document.querySelectorAll("main .empty, .empty")].filter((e) => !e.hidden && e.checkVisibility()).map((e) => `empty: ${e.textContent.trim().slice(0, 60)}`)"""

# A form as the page would send it, with the page's own token where nothing else is given.
SEND = """([address, fields]) => {
  const token = document.body.dataset.csrf ?? document.querySelector("input[name=csrf_token]")?.value ?? "";
  const form = document.createElement("form");
  form.method = "post"; form.action = address;
  for (const [name, value] of Object.entries({ csrf_token: token, ...fields })) {
    const input = document.createElement("input");
    input.type = "hidden"; input.name = name; input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""
