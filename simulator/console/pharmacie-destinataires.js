// Recipients: typed or chosen among suggestions, shown as a list from which each can be taken out again.
import {ask, field, h, show} from "/console/console.js";
import {badge, spacedIns} from "/console/pharmacie-mots.js";

const MATRICULE = /^[1278]\d{4}(\d\d|2[AB])\d{8}$/i;

/** A field for several people. `changed` is called after each change. */
export function recipientField(label, first, changed) {
  let people = first.filter((person) => person.address);
  let offered = [];
  let asked = 0;
  const listId = `propositions-${label === "À" ? "a" : "cc"}`;
  const chosen = h("ul", {class: "destinataires", "aria-label": `${label} : destinataires`});
  const options = h("ul", {class: "propositions", id: listId, role: "listbox", "aria-label": "Propositions", hidden: true});
  const input = h("input", {type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "none", role: "combobox",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list"});
  let at = -1;

  function add(person) {
    if (!people.some((known) => known.address.toLowerCase() === person.address.toLowerCase())) people.push(person);
    input.value = "";
    close();
    draw();
    changed();
  }

  function draw() {
    show(chosen, people.map((person) => h("li", {}, h("span", {class: "coupe"}, person.name), badge(person),
      h("button", {type: "button", class: "petit", "aria-label": `Retirer ${person.name}`, onclick: () => {
        people = people.filter((other) => other !== person);
        draw();
        changed();
        input.focus();
      }}, "×"))));
  }

  function close() {
    asked += 1;
    offered = [];
    at = -1;
    options.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function offer(found) {
    offered = found;
    at = -1;
    options.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    show(options, found.map((person, number) => h("li", {role: "option", id: `${listId}-${number}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); add(person); }},
    h("span", {class: "ligne"}, h("strong", {class: "coupe"}, person.name), badge(person)),
    h("span", {class: "discret coupe"}, person.patient ? `INS ${spacedIns(person.patient.ins)}` : [person.where, person.address].filter(Boolean).join(" · ")))));
  }

  function point(to) {
    at = (to + offered.length) % offered.length;
    [...options.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", `${listId}-${at}`);
    options.children[at].scrollIntoView({block: "nearest"});
  }

  /** What is typed becomes a recipient. */
  function take() {
    const typed = input.value.trim().replace(/[,;]$/, "");
    if (!typed) return;
    const patient = MATRICULE.test(typed) || MATRICULE.test(typed.split("@")[0]);
    add({address: typed, name: typed, sort: patient ? "patient" : "professional"});
  }

  input.addEventListener("input", async () => {
    if (/[,;]$/.test(input.value)) return take();
    const mine = ++asked;
    const words = input.value.trim();
    const found = words.length < 2 ? [] : (await ask("GET", `/pages/mail/suggestions?words=${encodeURIComponent(words)}`)).items;
    if (mine === asked) offer(found);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && offered.length) point(at + 1);
    else if (event.key === "ArrowUp" && offered.length) point(at < 0 ? -1 : at - 1);
    else if (event.key === "Escape" && offered.length) close();
    else if (event.key === "Enter" && (at >= 0 || input.value.trim())) at >= 0 ? add(offered[at]) : take();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => { take(); close(); });
  draw();
  const hint = label === "À" ? "Nom, adresse, ou les 15 caractères du matricule INS d’un patient." : "";
  return {element: h("div", {class: "choisir"}, field(label, input, hint), options, chosen), people: () => people, take};
}
