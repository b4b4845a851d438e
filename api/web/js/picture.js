// Saves the view of the map as a picture with what it must say: title, legend, scale, statement, disclaimer, edition.

import { t } from "./i18n.js";

const MARGIN = 16;
const SMALL = 12;
const LINE = 1.4;
const FONT = "system-ui, 'Noto Sans', 'Liberation Sans', sans-serif";
const INK = "#16262b";
const HATCH = "#c9cdd2";

/**
 * @param {any} map
 * @param {any} page
 */
export async function savePicture(map, page) {
  const canvas = await composed(map, page);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${page.region}-map-${page.edition}.png` });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The map and the caption below it, in device pixels. */
async function composed(map, page) {
  const view = await drawn(map);
  const ratio = view.width / map.getContainer().clientWidth;
  const canvas = document.createElement("canvas");
  canvas.width = view.width;
  const measuring = canvas.getContext("2d");
  const lines = caption(measuring, view.width / ratio - 2 * MARGIN, page);
  const height = lines.reduce((sum, { size }) => sum + size * LINE, 2 * MARGIN);
  canvas.height = view.height + Math.ceil(height * ratio);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(view, 0, 0);
  context.scale(ratio, ratio);
  write(context, lines, view.height / ratio + MARGIN, view.width / ratio);
  return canvas;
}

/** A copy of the map as it stands: the drawing buffer holds it only within the frame that drew it. */
function drawn(map) {
  return new Promise((resolve) => {
    map.once("render", () => {
      const source = map.getCanvas();
      const copy = Object.assign(document.createElement("canvas"), { width: source.width, height: source.height });
      copy.getContext("2d").drawImage(source, 0, 0);
      resolve(copy);
    });
    map.triggerRepaint();
  });
}

/** The caption's lines: what the page says of the layer, the scale, then statement, disclaimer and edition. */
function caption(context, width, page) {
  const text = (selector) => said(document.querySelector(selector));
  const legend = document.querySelectorAll("#legend li");
  const scale = document.querySelector(".maplibregl-ctrl-scale");
  const wrapped = (words, size, bold = "") => {
    context.font = `${bold} ${size}px ${FONT}`;
    return broken(context, words, width).map((line) => ({ text: line, size, bold }));
  };
  return [
    ...wrapped(`${text("h1")} · ${text(".legend-title")}`, 18, "bold"),
    ...swatchLines(context, legend, width),
    ...(scale ? [{ scale: scale.clientWidth, text: isolated(scale.textContent), size: SMALL * 1.6 }] : []),
    ...(page.disputed ? wrapped(`· · · ·  ${text(".dispute")}`, SMALL) : []),
    ...wrapped(text("figcaption"), SMALL),
    ...wrapped(`${text(".brand")} · ${t("Edition")} ${isolated(page.edition)}`, SMALL, "bold"),
  ];
}

/** What an element says, with its numbers and names kept from the direction of what surrounds them. */
function said(element) {
  if (element === null) return "";
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("bdi, [translate=no], .legend-title .quiet")) part.textContent = isolated(part.textContent);
  return copy.textContent.trim().replace(/\s+/g, " ");
}

/** Between a first-strong isolate and its end (Unicode Bidirectional Algorithm). */
function isolated(text) {
  return `\u2068${text}\u2069`;
}

/** Lines of legend entries, each with its colour; without a colour it is hatched. */
function swatchLines(context, entries, width) {
  context.font = `${SMALL}px ${FONT}`;
  const lines = [];
  let room = 0;
  for (const entry of entries) {
    const words = said(entry);
    const needed = 30 + context.measureText(words).width;
    if (needed > room) {
      lines.push({ items: [], size: SMALL * 1.6 });
      room = width;
    }
    lines.at(-1).items.push({ text: words, colour: entry.querySelector("rect")?.getAttribute("fill") ?? null, width: needed });
    room -= needed;
  }
  return lines;
}

function broken(context, words, width) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.flatMap((line) => (context.measureText(line).width <= width ? [line] : cut(context, line, width)));
}

/** A line without spaces, as in Chinese, cut where it is too long. */
function cut(context, line, width) {
  const parts = [""];
  for (const sign of line) {
    if (context.measureText(parts.at(-1) + sign).width > width) parts.push("");
    parts[parts.length - 1] += sign;
  }
  return parts;
}

/** Write the lines from where the language begins: from the right in a page that runs from right to left. */
function write(context, lines, top, width) {
  const back = document.dir === "rtl";
  const from = back ? width - MARGIN : MARGIN;
  const step = back ? -1 : 1;
  Object.assign(context, { direction: back ? "rtl" : "ltr", textAlign: "start", textBaseline: "middle", fillStyle: INK });
  let y = top;
  for (const line of lines) {
    const middle = y + (line.size * LINE) / 2;
    let x = from;
    context.font = `${line.bold ?? ""} ${line.items || line.scale ? SMALL : line.size}px ${FONT}`;
    if (line.items) {
      for (const item of line.items) {
        swatch(context, back ? x - 14 : x, middle - 7, item.colour);
        context.fillStyle = INK;
        context.fillText(item.text, x + step * 20, middle);
        x += step * item.width;
      }
    } else if (line.scale) {
      bar(context, back ? x - line.scale : x, middle, line.scale);
      context.fillText(line.text, x + step * (line.scale + 8), middle);
    } else {
      context.fillText(line.text, x, middle);
    }
    y += line.size * LINE;
  }
}

function swatch(context, x, y, colour) {
  context.fillStyle = colour ?? "#ffffff";
  context.fillRect(x, y, 14, 14);
  context.strokeStyle = HATCH;
  context.strokeRect(x, y, 14, 14);
  if (colour !== null) return;
  context.beginPath();
  for (const offset of [0, 5, 10]) {
    context.moveTo(x + offset, y + 14);
    context.lineTo(x + 14, y + offset);
  }
  context.stroke();
}

function bar(context, x, y, length) {
  context.strokeStyle = INK;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x, y + 4);
  context.lineTo(x + length, y + 4);
  context.lineTo(x + length, y - 4);
  context.stroke();
}
