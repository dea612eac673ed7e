// Signing in: a person's own account, two factors, and the team's mailbox that the person uses.
import {Refusal, ask, field, focusOn, form, h, show} from "/console/console.js";

/** Draw the sign-in form; `done` gets who signed in. */
export function signInView(place, done) {
  const account = h("input", {name: "account", type: "text", autocomplete: "username", required: true, spellcheck: "false",
    autocapitalize: "none", placeholder: "prenom.nom@pharmacie…"});
  const password = h("input", {name: "password", type: "password", autocomplete: "current-password", required: true});
  const code = h("input", {name: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6, class: "code"});
  const mailbox = h("input", {name: "mailbox", type: "text", autocomplete: "off", list: "equipes", spellcheck: "false", autocapitalize: "none"});
  const teams = h("datalist", {id: "equipes"});
  const demo = h("div", {});
  const title = h("h1", {}, "Messagerie de la pharmacie");
  const made = form("Identification", [
    field("Votre adresse nominative", account, "Votre compte personnel : une boîte d’équipe n’a pas de mot de passe."),
    field("Mot de passe", password),
    field("Code à usage unique", code, "Les six chiffres de votre application ; obligatoires pour une boîte d’équipe."),
    field("Boîte d’équipe", mailbox, "L’adresse de la pharmacie. Laissez vide pour ouvrir votre propre boîte."),
    teams,
  ], async (given) => {
    const identity = await ask("POST", "/pages/session", given);
    if (identity.kind === "PATIENT") throw new Refusal(403, {french: "Ce compte est celui d’un patient : sa page est Mon espace."});
    done(identity);
  }, "S’identifier");
  show(place, h("div", {class: "entree"},
    title,
    h("p", {class: "discret"}, "Chaque membre de l’équipe s’identifie avec son propre compte et deux facteurs : ",
      "qui a lu, envoyé ou supprimé un message reste connu."),
    h("div", {class: "carte"}, made),
    h("details", {class: "carte"}, h("summary", {}, "Comptes de démonstration"),
      h("p", {}, "Mots de passe et secrets des codes se trouvent dans ", h("code", {}, "config.yaml"), " et dans le fichier ",
        h("code", {}, "ready"), " que le simulateur écrit au démarrage (voir le README). Cette page ne les montre jamais."),
      demo)));
  focusOn(title);
  offer(teams, demo, (person, team) => {
    account.value = person;
    mailbox.value = team;
    password.focus();
  });
}

/** Addresses that the API tells anyway; with a token in the configuration there are none. */
async function offer(teams, demo, choose) {
  let boxes;
  try {
    boxes = (await ask("GET", "/api/mailboxes")).items;
  } catch {
    show(demo, h("p", {class: "discret"}, "La liste des adresses n’est pas ouverte à cette page : l’API demande un jeton."));
    return;
  }
  const shared = boxes.filter((box) => (box.members || []).length > 0);
  show(teams, shared.map((box) => h("option", {value: box.address})));
  const rows = shared.flatMap((box) => box.members.map((member) => [member, box.address]));
  show(demo, h("ul", {class: "liste"}, rows.slice(0, 30).map(([person, team]) => h("li", {},
    h("button", {type: "button", class: "rangee", onclick: () => choose(person, team)},
      h("span", {class: "coupe"}, person, h("br"), h("span", {class: "discret"}, `pour ${team}`)),
      h("span", {class: "discret"}, "Choisir"))))));
}
