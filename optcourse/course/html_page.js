// The page's own script: its theme, its pictures, and scrolling by keyboard where something is too wide.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement.dataset;
const setTheme = () => (document.body.dataset.jpThemeLight = String("printed" in page || !dark.matches)); // the pictures look for it there
dark.addEventListener("change", setTheme);
setTheme();

// A small screen begins with the contents folded up; paper has all code unfolded, and is white.
const contents = document.querySelector("nav details");
if (window.matchMedia("(max-width: 75rem)").matches) contents.open = false;
let folded = [];
window.addEventListener("beforeprint", () => {
  page.printed = "";
  setTheme();
  folded = [...document.querySelectorAll(".cell > details:not([open])")];
  for (const one of folded) one.open = true;
});
window.addEventListener("afterprint", () => {
  delete page.printed;
  setTheme();
  for (const one of folded) one.open = false;
});

const reachable = () => {
  for (const one of document.querySelectorAll("pre, .prose > table")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
};
new ResizeObserver(reachable).observe(document.querySelector("main"));

async function show(place) {
  const { front, packed, formulas, level } = JSON.parse(place.querySelector("script").textContent);
  const model = await savedModel(front, packed, formulas);
  const live = document.createElement("div");
  place.prepend(live);
  fronts[front].render({ model, el: live });
  for (const title of live.querySelectorAll("h4")) title.ariaLevel = String(level);
  for (const { name, fixed } of model.get("controls") ?? [])
    if (fixed) live.querySelector(`[data-name="${name}"] :is(input, select)`).disabled = true;
  if (about[front]) live.append(Object.assign(document.createElement("p"), { className: "about", textContent: about[front] }));
  place.querySelector(".still").remove();
}

for (const place of document.querySelectorAll(".picture"))
  show(place).catch((error) => {
    console.error(error); // its still image stays
  });
