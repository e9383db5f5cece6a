/* Every page: GOV.UK Frontend's behaviour, and what a map's frame says put into the form beside it. */
import { initAll } from "../govuk/govuk-frontend.min.js";

initAll();

const here = document.querySelector("[data-here]");
here?.addEventListener("click", () => {
  const said = document.getElementById("here-said");
  said.textContent = "Finding where you are…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      here.form.elements[here.dataset.here].value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
      said.textContent = "Found. Press ‘Find it’ to go on.";
    },
    () => { said.textContent = "Your device did not say where you are. Enter a postcode, or find it on the map."; },
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
  if (typeof told.shape === "string") form.elements.shape.value = told.shape;
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

/* What was drawn before a mistake is drawn again. Whichever of page and frame comes second finds the other there. */
function showAgain() {
  const frame = document.querySelector(".wb-map__frame");
  const shape = document.querySelector("form[data-map='draw']")?.elements.shape;
  if (!frame || !shape?.value.startsWith("{")) return;
  /* A sandboxed frame has no origin of its own to name. */
  frame.contentWindow.postMessage({ from: "wardbook page", shape: shape.value }, "*");
}
showAgain();
