// Slides fill the window. Where one is longer, the keys scroll it before they turn; a picture keeps its own arrow keys.

// The pictures have sections of their own, which are no slides; reveal.js asks a stack for all its sections.
const all = [...document.querySelectorAll(".slides > section > section")];
for (const stack of document.querySelectorAll(".slides > section")) {
  stack.querySelectorAll = (wanted) =>
    Element.prototype.querySelectorAll.call(stack, wanted === "section" ? ":scope > section" : wanted);
}

const goesOn = (slide) => slide.scrollTop + slide.clientHeight < slide.scrollHeight - 4;
const down = (turn) => () => scrolled(1, goesOn, turn);
const up = (turn) => () => scrolled(-1, (slide) => slide.scrollTop > 4, turn);

function scrolled(way, more, turn) {
  const slide = Reveal.getCurrentSlide();
  if (more(slide)) slide.scrollBy({ top: 0.8 * way * slide.clientHeight });
  else turn();
}

const SPACE = 32, PAGE_UP = 33, PAGE_DOWN = 34, ARROW_UP = 38, ARROW_DOWN = 40;

Reveal.initialize({
  disableLayout: true, // it would scale the pictures, and with them what a pointer means
  center: false,
  hash: true,
  slideNumber: (slide) => [all.indexOf(slide) + 1, "/", all.length],
  transition: "none",
  plugins: [RevealNotes],
  keyboard: {
    [ARROW_UP]: up(() => Reveal.up()),
    [ARROW_DOWN]: down(() => Reveal.down()),
    [PAGE_UP]: up(() => Reveal.prev()),
    [PAGE_DOWN]: down(() => Reveal.next()),
    [SPACE]: (event) => (event.shiftKey ? up(() => Reveal.prev()) : down(() => Reveal.next()))(),
  },
  keyboardCondition: (event) => !document.activeElement?.closest(".picture, pre[tabindex]"),
});

function marked() {
  const slide = Reveal.getCurrentSlide();
  document.querySelector(".reveal").classList.toggle("more", Boolean(slide) && goesOn(slide));
}

Reveal.on("ready", marked);
Reveal.on("slidechanged", marked);
addEventListener("resize", marked);
addEventListener("scroll", marked, true);
const grown = new ResizeObserver(marked);
document.querySelectorAll(".picture, details").forEach((one) => grown.observe(one));
