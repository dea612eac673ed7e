import {h, show} from "/console/console.js";

show(document.getElementById("contenu"), h("h1", {}, "Espace de confiance"));
