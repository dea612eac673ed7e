// The audit trail: who did what in this mailbox, and when (F6, F24).
import {ask, field, focusOn, h, moment, show} from "/console/console.js";

/** Draw the trail; it may be narrowed to one person. */
export async function auditView(place, me) {
  const title = h("h1", {}, "Qui a fait quoi");
  const table = h("div", {class: "carte"});
  const {items} = await ask("GET", "/pages/mail/audit");
  const people = new Map(items.filter((line) => line.address).map((line) => [line.address.toLowerCase(), line.person]));
  const who = h("select", {onchange: () => draw(who.value)}, h("option", {value: ""}, "Tout le monde"),
    [...people].sort((a, b) => a[1].localeCompare(b[1], "fr")).map(([address, name]) => h("option", {value: address}, name)));

  function draw(address) {
    const lines = items.filter((line) => !address || line.address.toLowerCase() === address);
    show(table, lines.length === 0 ? h("p", {class: "vide"}, "Rien n’est noté pour le moment.") : h("div", {class: "defile"}, h("table", {},
      h("caption", {class: "cache"}, "Trace des actions, la plus récente d’abord"),
      h("thead", {}, h("tr", {}, ["Quand", "Qui", "Quoi", "Objet"].map((name) => h("th", {scope: "col"}, name)))),
      h("tbody", {}, lines.map((line) => h("tr", {},
        h("td", {"data-nom": "Quand"}, h("time", {datetime: line.at}, moment(line.at))),
        h("td", {"data-nom": "Qui"}, line.person || h("span", {class: "discret"}, "Opérateur")),
        h("td", {"data-nom": "Quoi"}, line.what, line.folder && h("span", {class: "discret"}, ` (${line.folder})`)),
        h("td", {"data-nom": "Objet"}, line.subject || "—")))))));
  }

  draw("");
  show(place, title,
    h("p", {class: "discret"}, `Actions sur la boîte ${me.mailbox}, que ce soit depuis cette page ou un logiciel de messagerie.`),
    h("div", {class: "filtre"}, field("Personne", who)), table);
  focusOn(title);
}
