/* Every page: GOV.UK Frontend's behaviour, and what a map's frame says put into the form beside it. */
import { initAll } from "../govuk/govuk-frontend.min.js";

initAll();

/* Where somebody is, into the box beside the button; a button that goes hands it in. A refusal is said in words. */
const here = document.querySelector("[data-here]");
const UNTOLD = {
  1: "Your browser did not allow it.",
  2: "Your device could not find where you are.",
  3: "It took too long to find where you are.",
};
here?.addEventListener("click", () => {
  const said = document.getElementById("here-said");
  const goes = "hereGoes" in here.dataset;
  const refused = ({ code }) => { said.textContent = `${UNTOLD[code] ?? UNTOLD[2]} Enter a postcode or a street${goes ? "" : ", or find it on the map"}.`; };
  if (!navigator.geolocation) return refused({ code: 2 });
  said.textContent = "Finding where you are…";
  return navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      here.form.elements[here.dataset.here].value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
      if (goes) return here.form.requestSubmit();
      said.textContent = "Found. Press ‘Find it’ to go on.";
      return undefined;
    },
    refused,
    { enableHighAccuracy: true, timeout: 15000 },
  );
});

window.addEventListener("message", (event) => {
  const frame = document.querySelector(".wb-map__frame");
  const form = document.querySelector("form[data-map]");
  if (!frame || !form || event.source !== frame.contentWindow || event.data?.from !== "wardbook map") return;
  const told = event.data;
  if (form.dataset.map === "pin" && Number.isFinite(told.lat) && Number.isFinite(told.lon)) {
    form.elements.spot.value = `${told.lat.toFixed(6)}, ${told.lon.toFixed(6)}`;
  }
  if (form.dataset.map !== "draw") return;
  if (typeof told.shape === "string") fillIn(form, told.shape);
  if (told.ready) showAgain();
});

/* A file that is too large is not sent at all: the server would refuse it before it reads what was typed beside it. */
const upload = document.querySelector("input[type='file'][data-most]");
upload?.form.addEventListener("submit", (event) => {
  if (!upload.files[0] || upload.files[0].size <= Number(upload.dataset.most)) return;
  event.preventDefault();
  const group = upload.closest(".govuk-form-group");
  const said = document.getElementById("too-large") ?? document.createElement("p");
  said.id = "too-large";
  said.className = "govuk-error-message";
  said.textContent = upload.dataset.tooLarge;
  upload.before(said);
  group.classList.add("govuk-form-group--error");
  upload.setAttribute("aria-describedby", `${upload.getAttribute("aria-describedby") ?? ""} too-large`.trim());
  upload.focus();
});

const file = document.querySelector("[data-look-again]");
const look = async () => {
  const answer = await fetch(file.dataset.lookAgain).catch(() => null);
  const now = answer?.ok ? await answer.json() : null;
  const bar = file.querySelector("progress");
  if (answer && (now?.stage !== file.dataset.stage || (now.total && !bar))) return location.reload();
  if (now && bar) {
    bar.value = now.done;
    bar.labels[0].textContent = now.words;
  }
  return setTimeout(look, 5000);
};
if (file) setTimeout(look, 2000);

/* What is drawn stands in the form as it would be typed: a point a line, a blank line between the rings of an area. */
const MAKES = { Point: "point", LineString: "line", Polygon: "area" };

function fillIn(form, shape) {
  const { type, coordinates } = shape ? JSON.parse(shape) : { type: "", coordinates: [] };
  const parts = { Point: [[coordinates]], LineString: [coordinates], Polygon: coordinates }[type] ?? [];
  const ends = type === "Polygon" ? -1 : undefined;
  const line = ([lon, lat]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
  form.elements.shape.value = parts.map((part) => part.slice(0, ends).map(line).join("\n")).join("\n\n");
  if (form.elements.form && MAKES[type]) form.elements.form.value = MAKES[type];
}

/* The shape that stands in a form, as GeoJSON; nothing where it cannot be drawn without asking what its words mean. */
function shapeIn(form) {
  const words = form.elements.shape.value.trim();
  if (words.startsWith("{")) return words;
  const points = words.split(/\r?\n/).map((line) => /^(-?\d+\.\d+), (-?\d+\.\d+)$/.exec(line.trim()));
  if (!points.every(Boolean)) return "";
  const at = points.map(([, lat, lon]) => [Number(lon), Number(lat)]);
  const makes = form.elements.form ? form.elements.form.value : "line";
  if (makes === "area") return JSON.stringify({ type: "Polygon", coordinates: [[...at, at[0]]] });
  return JSON.stringify(makes === "line" ? { type: "LineString", coordinates: at } : { type: "Point", coordinates: at[0] });
}

/* What was drawn before a mistake is drawn again. Whichever of page and frame comes second finds the other there. */
function showAgain() {
  const frame = document.querySelector(".wb-map__frame");
  const form = document.querySelector("form[data-map='draw']");
  const shape = frame && form ? shapeIn(form) : "";
  if (!shape) return;
  /* A sandboxed frame has no origin of its own to name. */
  frame.contentWindow.postMessage({ from: "wardbook page", shape }, "*");
}
showAgain();

/* What is typed and not sent yet outlives a refresh and the browser's own back: kept in this tab alone. What the server
   says otherwise than when it was typed is newer, and stays. */
const telling = document.querySelector("form[data-keep]");
const typed = telling ? [...telling.elements].filter((one) => one.name && !["hidden", "file", "submit"].includes(one.type)) : [];
const kept = `wardbook typed ${location.pathname}`;
const said = (one) => (["checkbox", "radio"].includes(one.type) ? String(one.checked) : one.value);
const called = (one) => (one.type === "radio" ? `${one.name} ${one.value}` : one.name);

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(kept)) ?? {};
  } catch {
    return {};
  }
}

if (telling) {
  const before = remembered();
  const first = Object.fromEntries(typed.map((one) => [called(one), said(one)]));
  const put = (one, value) => { if (["checkbox", "radio"].includes(one.type)) one.checked = value === "true"; else one.value = value; };
  const same = typed.every((one) => !before[called(one)] || before[called(one)].was === first[called(one)]);
  if (same) for (const one of typed) if (before[called(one)]) put(one, before[called(one)].is);
  const remember = () => {
    try {
      sessionStorage.setItem(kept, JSON.stringify(Object.fromEntries(typed.map((one) => [called(one), { was: first[called(one)], is: said(one) }]))));
    } catch { /* a browser that keeps nothing: what was sent is kept on the server */ }
  };
  telling.addEventListener("input", remember);
  window.addEventListener("message", () => setTimeout(remember));
}

/* Once it is sent, this tab forgets what was typed. */
if (/^\/contribute\/[^/]+\/sent$/.test(location.pathname)) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("wardbook typed ")) sessionStorage.removeItem(name);
  } catch { /* a browser that keeps nothing */ }
}
