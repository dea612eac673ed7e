// The map of the trust space: operators around, messages travelling between them.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT = 360;
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

function part(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The drawing, and `travels(from, to, refused)` that lets a message go from one operator to another. */
export function drawMap(operators) {
  const places = new Map(operators.map((operator, n) => {
    const angle = -Math.PI / 2 + 2 * Math.PI * n / operators.length;
    return [operator.name, {x: WIDTH / 2 + 250 * Math.cos(angle), y: HEIGHT / 2 + 125 * Math.sin(angle)}];
  }));
  const links = [];
  const named = [...places.values()];
  for (const [n, from] of named.entries()) {
    for (const to of named.slice(n + 1)) links.push(part("line", {x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "lien"}));
  }
  const nodes = operators.map((operator) => {
    const {x, y} = places.get(operator.name);
    const title = part("title", {});
    title.textContent = operator.domains.join(", ");
    const name = part("text", {x, y: y + 5, class: "nom"});
    name.textContent = operator.name;
    return part("g", {class: operator.outside ? "noeud dehors" : "noeud"}, title,
      part("rect", {x: x - 62, y: y - 26, width: 124, height: 52, rx: 14}), name);
  });
  const sky = part("g", {});
  const drawing = part("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "carte-espace", role: "img",
    "aria-label": "Les opérateurs de l’espace de confiance ; les messages passent de l’un à l’autre"}, ...links, ...nodes, sky);

  function travels(from, to, refused = false) {
    const begin = places.get(from), end = places.get(to);
    if (!begin || !end || begin === end || STILL.matches || document.hidden) return;
    const dot = part("circle", {r: 8, class: refused ? "lettre refusee" : "lettre"});
    sky.append(dot);
    const reach = refused ? 0.55 : 1;
    const moving = dot.animate([
      {transform: `translate(${begin.x}px, ${begin.y}px)`, opacity: 1},
      {transform: `translate(${begin.x + (end.x - begin.x) * reach}px, ${begin.y + (end.y - begin.y) * reach}px)`, opacity: refused ? 0 : 1},
    ], {duration: 1100, easing: "ease-in-out"});
    moving.finished.finally(() => dot.remove());
  }
  return {drawing, travels};
}
