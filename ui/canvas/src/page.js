// Entry of the self-contained page: the same canvas, read only, with its data in the file.
import { mount, update } from "./board.js";

const data = JSON.parse(document.getElementById("scene").textContent);
const component = { data: { ...data, readOnly: true, height: Math.max(420, innerHeight - 190) }, parentElement: document.getElementById("canvas") };
update(mount(component), component);
document.body.dataset.ready = "yes";
