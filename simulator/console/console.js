// What every page of the console shares: elements without markup, calls to the API, sign-in, announcements.

/** An element: h("p", {class: "x", onclick: f}, "text", child). Text never becomes markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put these in place of what the element holds. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

/** What the server said no to. `french` is for the person; `problem` is the whole document (RFC 9457). */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.french || problem.detail || `Erreur ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Ask the API; JSON in, JSON out. `more` are further headers. Raises Refusal. */
export async function ask(method, path, body, more = {}) {
  const answer = await fetch(path, {
    method,
    headers: {...(body === undefined ? {} : {"Content-Type": "application/json"}), ...more},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Refusal(answer.status, said);
  return said;
}

const TOLD_FOR = 8000;

/** Tell the person, aloud for screen readers too; it goes away by itself. `kind`: "ok" or "error". */
export function announce(message, kind = "ok") {
  const place = document.getElementById("annonce");
  const told = h("p", {class: `annonce ${kind}`}, message);
  show(place, told);
  setTimeout(() => told.remove(), TOLD_FOR);
}

/** A refusal as a card: what, the rule, and the link that explains it. */
export function refusalCard(refusal) {
  const {rule, explain, detail, remedy} = refusal.problem || {};
  return h("div", {class: "carte refus", role: "alert"},
    h("p", {}, refusal.message),
    rule && h("p", {class: "discret"}, "Règle ", h("code", {}, rule), explain && [" · ", h("a", {href: explain}, "explication")]),
    rule && detail && h("details", {}, h("summary", {}, "Détail technique"), h("p", {lang: "en"}, detail, " ", remedy || "")));
}

const DATE = new Intl.DateTimeFormat("fr-FR", {dateStyle: "long"});
const MOMENT = new Intl.DateTimeFormat("fr-FR", {dateStyle: "medium", timeStyle: "short"});

/** "24 novembre 2026" of an ISO date. */
export const day = (iso) => DATE.format(new Date(iso));

/** "24 nov. 2026, 07:40" of an ISO moment. */
export const moment = (iso) => MOMENT.format(new Date(iso));

/** "48 ko" of octets. */
export function size(octets) {
  if (octets < 1000) return `${octets} o`;
  if (octets < 1_000_000) return `${Math.round(octets / 1000)} ko`;
  return `${(octets / 1_000_000).toLocaleString("fr-FR", {maximumFractionDigits: 1})} Mo`;
}

/** The bytes of a chosen file in Base64. */
export function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Chosen files as the API takes them. */
export const encoded = (files) => Promise.all(files.map(async (file) => ({name: file.name, content: await base64(file)})));

const SHOWN = ["application/pdf", "image/jpeg", "image/png"];

/** True for what a page shows in place. */
export const canBeShown = (type) => SHOWN.includes(type);

/** A name and what it is, for a list of facts. */
export const fact = (name, value, hint) =>
  h("div", {}, h("dt", {}, name), h("dd", {}, value, hint && h("span", {class: "discret"}, ` (${hint})`)));

/** A labelled field. */
export function field(label, input, hint) {
  const id = input.id || `champ-${Math.random().toString(36).slice(2)}`;
  input.id = id;
  const help = hint && h("span", {class: "aide", id: `${id}-aide`}, hint);
  if (help) input.setAttribute("aria-describedby", help.id);
  return h("div", {class: "champ"}, h("label", {for: id}, label), help, input);
}

/** A form that sends by script: `send` is called with the fields' values; a refusal is shown inside the form. */
export function form(label, fields, send, submit) {
  const wrong = h("div", {});
  const button = h("button", {type: "submit", class: "principal"}, submit);
  const made = h("form", {"aria-label": label, novalidate: true}, fields, wrong, h("div", {class: "actions"}, button));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    show(wrong);
    try {
      await send(Object.fromEntries(new FormData(made)));
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      show(wrong, refusalCard(problem));
    } finally {
      button.disabled = false;
    }
  });
  return made;
}

/** Who is signed in, or null. `session` is the path that knows: a patient's differs from a professional's. */
export async function whoAmI(session = "/pages/session") {
  try {
    return await ask("GET", session);
  } catch (problem) {
    if (problem.status === 401) return null;
    throw problem;
  }
}

/** Move the focus to a new view's title, so that a screen reader begins there. */
export function focusOn(title) {
  title.setAttribute("tabindex", "-1");
  title.focus({preventScroll: true});
  window.scrollTo({top: 0});
}
