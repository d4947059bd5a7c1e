// Slides fill the window and scroll where they are long; a picture keeps its own arrow keys.

// Counted here, as the pictures have sections of their own, which are no slides.
const all = [...document.querySelectorAll(".slides > section > section")];

Reveal.initialize({
  disableLayout: true, // it would scale the pictures, and with them what a pointer means
  center: false,
  hash: true,
  slideNumber: (slide) => [all.indexOf(slide) + 1, "/", all.length],
  transition: "none",
  plugins: [RevealNotes],
  keyboardCondition: (event) => !document.activeElement?.closest(".picture, pre[tabindex]"),
});
