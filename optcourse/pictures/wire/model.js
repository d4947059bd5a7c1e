// A picture's model without a kernel: a state, and what answers the questions to it.

/**
 * @import { Listener, Model } from "../engine/page.js"
 */
/**
 * What a page holds of a picture, and what answers a question with news of it; any: see offline.js.
 * @typedef {Record<string, any>} State
 * @typedef {(question: any) => State} Answering
 */

/**
 * A model over a state. Whoever sets `asked` and saves is answered soon, as by a kernel.
 * @param {State} state
 * @param {Answering | undefined} answer
 * @param {(element: Element) => void} typeset
 * @returns {Model<State>}
 */
export function modelOf(state, answer, typeset) {
  /** @type {Record<string, Listener[]>} */
  const listeners = {};
  let asked = false;
  /** @param {State} news */
  const receive = (news) => {
    Object.assign(state, news);
    for (const name of Object.keys(news)) for (const told of listeners[`change:${name}`] ?? []) told();
  };
  return {
    get: (name) => state[name],
    set(name, value) {
      asked ||= name === "asked";
      receive({ [name]: value });
    },
    save_changes() {
      if (!asked || !answer) return;
      asked = false;
      const question = state.asked;
      queueMicrotask(() => receive(answer(question))); // a kernel never answers before it is waited for
    },
    send() {}, // a strip is asked for, and all that there is is here
    on: (event, told) => void (listeners[event] ??= []).push(told),
    off: (event, told) => void (listeners[event] = (listeners[event] ?? []).filter((one) => one !== told)),
    widget_manager: { _rendermime: { latexTypesetter: { typeset } } },
  };
}
