// The space of whoever is signed in: calls to its API, and what several views say of files and messages.

import {ask, h, size} from "/console/console.js";

/** The API of one patient. */
export class Space {
  constructor(who) {
    this.ins = who.ins;
    this.name = who.name;
    this.base = `/api/patients/${encodeURIComponent(who.ins)}`;
  }

  get(path) { return ask("GET", this.base + path); }

  post(path, body = {}) { return ask("POST", this.base + path, body); }

  put(path) { return ask("PUT", this.base + path); }

  remove(path) { return ask("DELETE", this.base + path); }

  /** Address of a file; `shown` for one that the browser shows in place. */
  file(path, shown = false) { return `${this.base}${path}${shown ? "?inline=true" : ""}`; }
}

/** Messages that were not opened, in all conversations. */
export const unread = ({items}) => items.reduce((sum, one) => sum + one.unread, 0);

export const DOCUMENT_ENDINGS = [".pdf", ".txt", ".rtf", ".jpg", ".jpeg", ".tiff", ".tif"];
export const DOCUMENT_LIMIT = 5 * 1024 * 1024;
export const ATTACHED_ENDINGS = [".jpg", ".jpeg", ".tiff", ".png", ".txt", ".pdf", ".rtf", ".doc"];
/** Of all files of a message: 25 MiB travel, and Base64 adds a third. */
export const ATTACHED_LIMIT = 18 * 1024 * 1024;

const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();

/** True for a file that the section Documents takes. */
export const canBeKept = (name) => DOCUMENT_ENDINGS.includes(ending(name));

/** Why these files cannot be taken, for the person; empty when they can. */
export function whyNotTaken(files, endings, most) {
  const wrong = files.find((file) => !endings.includes(ending(file.name)));
  if (wrong) return `« ${wrong.name} » ne peut pas être ajouté : les formats acceptés sont ${endings.join(", ")}.`;
  const sum = files.reduce((octets, file) => octets + file.size, 0);
  if (sum > most) return `C’est trop lourd : ${size(sum)}, pour ${limit(most)} au plus.`;
  if (files.some((file) => file.size === 0)) return "Un des fichiers est vide.";
  return "";
}

/** The file itself, in the page. */
export function viewer(type, url, title) {
  if (type === "application/pdf") return h("iframe", {class: "apercu", src: `${url}#navpanes=0`, title});
  return h("img", {class: "apercu", src: url, alt: title});
}

/** A link that saves a file. */
export const saving = (url, name, label = "Télécharger") =>
  h("a", {class: "bouton", href: url, download: name}, label, h("span", {class: "cache"}, ` ${name}`));

/** "5 Mo" of a limit. */
export const limit = (octets) => `${Math.floor(octets / (1024 * 1024))} Mo`;

/** A number of things: "1 document", "3 documents", "aucun document". */
export function number(count, one, several = `${one}s`, none = `aucun ${one}`) {
  if (count === 0) return none;
  return `${count} ${count === 1 ? one : several}`;
}
