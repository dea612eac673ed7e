// Who the patient is, the address to give to professionals, who helps, and what they were told.

import {announce, day, fact, h, moment} from "/console/console.js";

const STATES = {open: "ouvert", "not activated": "pas encore activé", closed: "fermé", opposed: "fermé, à la suite d’une opposition", suspended: "suspendu"};
const WAYS = {"e-mail": "par courriel", push: "sur votre téléphone", none: "jamais"};
const SEX = {F: "féminin", M: "masculin"};
const AUTHORITIES = {"1.2.250.1.213.1.4.8": "", "1.2.250.1.213.1.4.10": "matricule de test", "1.2.250.1.213.1.4.11": "matricule de démonstration"};

/** #/profil */
export async function profile(space) {
  const [one, told] = await Promise.all([space.get(""), space.get("/notifications")]);
  return {
    title: "Mon profil",
    parts: [
      h("section", {class: "carte", "aria-labelledby": "adresse"}, h("h2", {id: "adresse"}, "Mon adresse"),
        h("p", {}, "Donnez-la aux professionnels qui vous le demandent : ils vous écrivent par leur messagerie sécurisée de santé."),
        h("p", {class: "adresse"}, h("code", {id: "mon-adresse"}, one.address), " ",
          h("button", {type: "button", onclick: () => copy(one.address)}, "Copier l’adresse"))),
      h("section", {class: "carte", "aria-labelledby": "identite"}, h("h2", {id: "identite"}, "Identité"),
        h("dl", {class: "faits"},
          fact("Nom", one.name), fact("Nom de naissance", one.birth_name), fact("Prénoms de naissance", one.given_names),
          fact("Sexe", SEX[one.sex] || one.sex), fact("Né(e) le", day(one.birth_date)), fact("Lieu de naissance", `code ${one.birth_place}`),
          fact("Matricule INS", one.ins, AUTHORITIES[one.oid] ?? one.oid), fact("Espace", STATES[one.state] || one.state),
          fact("Aidants", one.caregivers.join(", ") || "aucun"), one.minor && fact("Enfant", "espace d’une personne mineure"))),
      h("section", {class: "carte", "aria-labelledby": "notifications"}, h("h2", {id: "notifications"}, "Notifications"),
        h("p", {}, `Vous êtes prévenu d’un nouveau message ${WAYS[one.notify_by] || one.notify_by}`, one.contact && [", à ", h("code", {}, one.contact)], "."),
        h("p", {class: "discret"}, "Le simulateur note ces notifications ; aucune ne part vraiment."),
        told.items.length > 0 && h("ul", {class: "liste"}, told.items.toReversed().slice(0, 20).map((note) => h("li", {class: "piece"},
          h("span", {}, "« Vous avez reçu un nouveau message dans Mon espace »"), h("time", {class: "discret", datetime: note.at}, moment(note.at)))))),
      h("details", {class: "carte"}, h("summary", {}, "M’opposer à cet espace"),
        h("p", {}, "Votre espace ferme aussitôt ; les messages qui vous sont adressés reviennent à leur expéditeur."),
        h("p", {class: "discret"}, "Pour lever l’opposition dans le simulateur : ", h("code", {}, `DELETE /api/patients/${one.ins}/opposition`), "."),
        h("button", {type: "button", class: "danger", onclick: () => oppose(space)}, "Fermer mon espace")),
    ],
  };
}

async function oppose(space) {
  if (!window.confirm("Fermer votre espace ? Vous serez déconnecté.")) return;
  await space.put("/opposition");
  location.reload();
}

async function copy(address) {
  try {
    await navigator.clipboard.writeText(address);
    announce("L’adresse est copiée.");
  } catch {
    window.getSelection().selectAllChildren(document.getElementById("mon-adresse"));
    announce("L’adresse est sélectionnée : copiez-la au clavier.");
  }
}
