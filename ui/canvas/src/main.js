// Entry of the Streamlit component. It runs on every change of data with the same parent element.
import { mount, unmount, update } from "./board.js";

const BOARDS = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  let board = BOARDS.get(parentElement);
  if (board && board.readOnly !== !!component.data.readOnly) {
    unmount(board); // a frozen scene became somebody's copy, or the other way round: other tools
    board = null;
  }
  if (!board) BOARDS.set(parentElement, (board = mount(component)));
  update(board, component);
  return () => {
    unmount(BOARDS.get(parentElement));
    BOARDS.delete(parentElement);
  };
}
