// The counter of the "picto argent" (F22): dispensings, exchanges, the rate and what it is worth.
import {Refusal, ask, day, focusOn, h, show} from "/console/console.js";

const NUMBER = new Intl.NumberFormat("fr-FR", {maximumFractionDigits: 1});
const EURO = new Intl.NumberFormat("fr-FR", {style: "currency", currency: "EUR", maximumFractionDigits: 0});
const percent = (value) => (value === null || value === undefined ? "—" : `${NUMBER.format(value)} %`);

/** Draw the counter of the signed-in mailbox. */
export async function counterView(place, me) {
  const title = h("h1", {}, "Compteur d’échanges");
  let counted;
  try {
    counted = await ask("GET", `/api/indicators/${encodeURIComponent(me.mailbox)}`);
  } catch (problem) {
    if (!(problem instanceof Refusal) || ![401, 404, 409].includes(problem.status)) throw problem;
    show(place, title, h("p", {class: "carte avis"}, problem.status === 401
      ? "Le compteur n’est pas ouvert à cette page : l’API du simulateur demande un jeton."
      : "Aucun compteur n’est disponible pour cette boîte."));
    focusOn(title);
    return;
  }
  show(place, title,
    h("p", {class: "discret"}, `${counted.name}, ${counted.period.label}.`),
    h("div", {class: `carte ${counted.reached ? "succes" : ""}`},
      h("div", {class: "taux"}, h("p", {class: "grand"}, percent(counted.rate)),
        h("h2", {}, counted.reached ? "Seuil atteint" : "Seuil pas encore atteint")),
      h("meter", {min: 0, max: Math.max(counted.rate || 0, counted.threshold * 2), low: counted.threshold, value: counted.rate || 0,
        "aria-label": `Taux ${percent(counted.rate)}, seuil ${percent(counted.threshold)}`}),
      h("p", {}, `Seuil : ${percent(counted.threshold)} · Somme acquise : ${EURO.format(counted.due)} sur ${EURO.format(counted.amount)} par an`)),
    h("div", {class: "grille chiffres"},
      figure("Délivrances", counted.dispensings), figure("dont avec un échange patient", counted.with_patients),
      figure("dont avec un échange professionnel", counted.with_professionals),
      figure("Messages comptés", counted.messages.patients + counted.messages.professionals)),
    h("details", {class: "carte"}, h("summary", {}, "Comment ce taux est calculé"), h("p", {}, counted.formula)),
    table("Délivrances", ["Date", "Patient", "Compte", "Pourquoi"],
      counted.lines.map((line) => [day(line.date), line.patient, line.counts, line.why])),
    table("Échanges", ["Date", "Correspondant", "Compte", "Pourquoi"],
      counted.exchanges.map((one) => [day(one.at), one.correspondent, one.counts, one.why])));
  focusOn(title);
}

function figure(name, value) {
  return h("div", {class: "carte chiffre"}, h("p", {class: "discret"}, name), h("p", {class: "grand"}, value ?? "—"));
}

function table(name, heads, rows) {
  const cell = (value) => (typeof value === "boolean"
    ? h("span", {class: `etiquette ${value ? "vert" : ""}`}, value ? "Oui" : "Non") : String(value));
  return h("section", {class: "carte"}, h("h2", {}, name),
    rows.length === 0 ? h("p", {class: "discret"}, "Rien dans cette période.") : h("div", {class: "defile"}, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", {scope: "col"}, head)))),
      h("tbody", {}, rows.slice(-200).reverse().map((row) => h("tr", {}, row.map((value, number) =>
        h("td", {"data-nom": heads[number]}, cell(value)))))))));
}
