// The counter of the "picto argent" (F22): dispensings, exchanges, the rate and what it is worth.
import {Refusal, ask, focusOn, h, show} from "/console/console.js";

const PERCENT = new Intl.NumberFormat("fr-FR", {style: "percent", maximumFractionDigits: 1});
const EURO = new Intl.NumberFormat("fr-FR", {style: "currency", currency: "EUR", maximumFractionDigits: 0});

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
  const rate = Number(counted.rate) || 0;
  const threshold = Number(counted.threshold) || 0;
  const full = Math.max(rate, threshold * 2, 0.01);
  show(place, title,
    h("p", {class: "discret"}, "Part des délivrances qui ont donné lieu à un échange par MSSanté."),
    h("div", {class: "grille"},
      figure("Délivrances", counted.dispensings), figure("Avec un échange patient", counted.with_patients),
      figure("Avec un échange professionnel", counted.with_professionals), figure("Taux", PERCENT.format(rate))),
    h("div", {class: `carte ${counted.reached ? "succes" : ""}`},
      h("h2", {}, counted.reached ? "Seuil atteint" : "Seuil pas encore atteint"),
      h("meter", {min: 0, max: full, low: threshold, value: rate, "aria-label": `Taux : ${PERCENT.format(rate)}, seuil : ${PERCENT.format(threshold)}`}),
      h("p", {}, `Seuil : ${PERCENT.format(threshold)} · Montant : ${EURO.format(Number(counted.amount) || 0)}`),
      typeof counted.formula === "string" && h("p", {class: "discret"}, counted.formula)),
    Array.isArray(counted.lines) && counted.lines.length > 0 && h("div", {class: "carte"}, h("h2", {}, "Détail"), lines(counted.lines)));
  focusOn(title);
}

function figure(name, value) {
  return h("div", {class: "carte chiffre"}, h("p", {class: "discret"}, name), h("p", {class: "grand"}, value ?? "—"));
}

function lines(found) {
  const names = Object.keys(found[0]);
  return h("div", {class: "defile"}, h("table", {},
    h("thead", {}, h("tr", {}, names.map((name) => h("th", {scope: "col"}, name)))),
    h("tbody", {}, found.slice(0, 200).map((line) => h("tr", {}, names.map((name) => h("td", {}, String(line[name] ?? "—"))))))));
}
