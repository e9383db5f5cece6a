/* Rectangles on a photo, drawn by mouse, finger or keys: they fill in the lines of the field that can be typed in. */
const frame = document.querySelector("[data-boxes]");
const field = document.getElementById(frame.dataset.boxes);
const most = Number(frame.dataset.most);
const LEAST = 0.5;
const STEP = 1;

const rounded = (number) => Math.round(number * 100) / 100;
const within = (number, least, most_) => Math.min(Math.max(number, least), most_);
const line = (box) => [box.left, box.top, box.width, box.height].map(rounded).join(", ");

/* The lines as rectangles; what cannot be read is left to the server to say. */
const read = () => field.value.split("\n").flatMap((words) => {
  const figures = words.split(/[\s,;%]+/).filter(Boolean).map(Number);
  if (figures.length !== 4 || !figures.every(Number.isFinite)) return [];
  const [left, top, width, height] = figures;
  return [{ left, top, width, height }];
});

let boxes = read();
const write = () => { field.value = boxes.map(line).join("\n"); };

const place = (drawn, box, number) => {
  Object.assign(drawn.style, { left: `${box.left}%`, top: `${box.top}%`, width: `${box.width}%`, height: `${box.height}%` });
  drawn.setAttribute("aria-label", `Rectangle ${number + 1}: left ${rounded(box.left)}, top ${rounded(box.top)}, width ${rounded(box.width)}, height ${rounded(box.height)} percent`);
};

const show = (focused = -1) => {
  frame.querySelectorAll("button.wb-box-drawn").forEach((drawn) => drawn.remove());
  boxes.forEach((box, number) => {
    const drawn = document.createElement("button");
    drawn.type = "button";
    drawn.className = "wb-box-drawn";
    drawn.setAttribute("aria-describedby", "boxes-help");
    place(drawn, box, number);
    drawn.addEventListener("keydown", (event) => pressed(event, number));
    drawn.addEventListener("pointerdown", (event) => grabbed(event, drawn, number));
    frame.append(drawn);
    if (number === focused) drawn.focus();
  });
};

const moved = (box, across, down) => ({
  ...box, left: within(box.left + across, 0, 100 - box.width), top: within(box.top + down, 0, 100 - box.height),
});
const sized = (box, across, down) => ({
  ...box, width: within(box.width + across, LEAST, 100 - box.left), height: within(box.height + down, LEAST, 100 - box.top),
});

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

function pressed(event, number) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    boxes.splice(number, 1);
    write();
    show(Math.min(number, boxes.length - 1));
    if (!boxes.length) document.querySelector("[data-add-box]").focus();
  } else if (event.key in ARROWS) {
    event.preventDefault();
    boxes[number] = (event.shiftKey ? sized : moved)(boxes[number], ...ARROWS[event.key]);
    place(event.currentTarget, boxes[number], number);
    write();
  }
}

const at = (event) => {
  const edge = frame.getBoundingClientRect();
  return { x: within(((event.clientX - edge.left) / edge.width) * 100, 0, 100), y: within(((event.clientY - edge.top) / edge.height) * 100, 0, 100) };
};

/* Follow a finger or the mouse until it is lifted. */
const follow = (event, move, done) => {
  const target = event.target;
  const going = (later) => { if (later.pointerId === event.pointerId) move(at(later)); };
  const ended = (later) => {
    if (later.pointerId !== event.pointerId) return;
    for (const [name, what] of [["pointermove", going], ["pointerup", ended], ["pointercancel", ended]]) target.removeEventListener(name, what);
    done();
  };
  target.setPointerCapture(event.pointerId);
  for (const [name, what] of [["pointermove", going], ["pointerup", ended], ["pointercancel", ended]]) target.addEventListener(name, what);
};

function grabbed(event, drawn, number) {
  event.stopPropagation();
  const from = at(event);
  const before = boxes[number];
  follow(event, (to) => {
    boxes[number] = moved(before, to.x - from.x, to.y - from.y);
    place(drawn, boxes[number], number);
  }, write);
}

frame.addEventListener("pointerdown", (event) => {
  if (event.button > 0 || boxes.length >= most) return;
  event.preventDefault();
  const from = at(event);
  let drawn = null;
  follow(event, (to) => {
    drawn = { left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
    shadow.hidden = false;
    place(shadow, drawn, boxes.length);
  }, () => {
    shadow.hidden = true;
    if (!drawn || drawn.width < LEAST || drawn.height < LEAST) return;
    boxes.push(drawn);
    write();
    show(boxes.length - 1);
  });
});

const shadow = document.createElement("span");
shadow.className = "wb-box-drawn wb-box-drawn--shadow";
shadow.hidden = true;
frame.append(shadow);
frame.querySelector("img").draggable = false;
frame.classList.add("wb-boxes--draws");

document.querySelector("[data-add-box]").addEventListener("click", () => {
  if (boxes.length >= most) return;
  boxes.push({ left: 40, top: 40, width: 20, height: 20 });
  write();
  show(boxes.length - 1);
});
field.addEventListener("input", () => { boxes = read(); show(); });
show();
