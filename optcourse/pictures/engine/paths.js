// Several paths over one surface, up to a step; and the markers that tell them apart beside their colours.

import {
  px, py, ticks, cleared, drawAxes, write, onCanvas, clipped, drawPath, drawArrow, drawDot, drawDiamond, drawCross,
} from "./drawing.js";

const PATHS_MARGIN = { left: 46, right: 10, top: 10, bottom: 40 };
const TRAIL = 90; // pixels of path between two markers
const HEAD = 6.5; // half the size of the marker at a path's head

// Where the plot stands on a canvas of this width; the canvas' height follows from it.
export function pathsBox(width, [x, y]) {
  const across = width - PATHS_MARGIN.left - PATHS_MARGIN.right;
  return { left: PATHS_MARGIN.left, top: PATHS_MARGIN.top, width: across, height: (across * 3) / 4, x, y };
}

// `tracks` are {path, diverged, colour, dash, marker}; each is drawn as far as `step`.
export function drawPaths(canvas, { view, axes, optimum, tracks, step }, background, colours) {
  const width = canvas.clientWidth;
  if (!width) return;
  const box = pathsBox(width, view);
  const context = cleared(canvas, width, box.height + PATHS_MARGIN.top + PATHS_MARGIN.bottom);
  if (background.complete && background.naturalWidth)
    context.drawImage(background, box.left, box.top, box.width, box.height);
  drawAxes(context, box, colours, { xTicks: ticks(box.x, 6), yTicks: ticks(box.y, 6), x: axes[0], y: axes[1] });
  const minimum = optimum && [px(box, optimum[0]), py(box, optimum[1])];
  const heads = tracks.map((track) => {
    const upTo = track.path.subarray(0, 2 * (step + 1));
    const points = onCanvas(box, upTo, track.diverged === null ? null : Math.min(track.diverged, step + 1));
    return drawTrack(context, box, points, track, colours);
  });
  if (minimum) drawCross(context, minimum, 7, colours.ink, colours.paper);
  const start = [px(box, tracks[0].path[0]), py(box, tracks[0].path[1])];
  drawDot(context, start, 4.5, colours.paper, colours.ink);
  heads.forEach((drawHead) => drawHead()); // above all lines
  context.font = `600 12px ${colours.font}`;
  const label = ([x, y], words, up) => {
    const half = context.measureText(words).width / 2 + 3;
    const within = Math.min(Math.max(x, box.left + half), box.left + box.width - half);
    write(context, words, within, y + up, colours.ink, "center", "middle", colours.paper);
  };
  if (minimum) label(minimum, "minimum", 20);
  label(start, "start", -18);
}

// A path; what comes after it has left the picture for good is thin. Returns what draws its head.
function drawTrack(context, box, points, { colour, dash, marker }, colours) {
  const last = points.findLastIndex((point) => within(box, point));
  const out = last < points.length - 1;
  const seen = points.slice(0, last + (out ? 2 : 1));
  drawPath(context, box, points.slice(last + 1), { colour, width: 0.5 });
  drawPath(context, box, seen, { colour, dash, halo: colours.paper });
  let since = TRAIL / 2;
  for (let i = 1; i < seen.length; i++) {
    const [[ax, ay], [bx, by]] = [seen[i - 1], seen[i]];
    since += Math.min(Math.hypot(bx - ax, by - ay), TRAIL);
    if (since < TRAIL || !within(box, seen[i])) continue;
    drawMarker(context, marker, seen[i], 3.2, colour, colours.paper);
    since = 0;
  }
  const edge = out && clipped(box, points[last], points[last + 1]);
  if (!edge) return () => drawMarker(context, marker, points[last], HEAD, colour, colours.paper);
  return () => {
    drawMarker(context, marker, edge[0], HEAD, colour, colours.paper);
    drawArrow(context, edge[0], edge[1], colour, colours.paper, 12);
  };
}

function within(box, [x, y]) {
  return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
}

// A filled shape about a point, `reach` pixels to each side.
export function drawMarker(context, shape, [x, y], reach, fill, edge) {
  if (shape === "circle") return drawDot(context, [x, y], reach, fill, edge);
  if (shape === "diamond") return drawDiamond(context, [x, y], reach * 1.2, fill, edge);
  const arm = reach * 0.42;
  const corners = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]].map((corner) => corner.map((part) => part * reach)),
    triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]].map((corner) => corner.map((part) => part * reach)),
    wedge: [[0, 1.15], [1.1, -0.85], [-1.1, -0.85]].map((corner) => corner.map((part) => part * reach)),
    cross: [[arm, reach], [arm, arm], [reach, arm], [reach, -arm], [arm, -arm], [arm, -reach], [-arm, -reach],
      [-arm, -arm], [-reach, -arm], [-reach, arm], [-arm, arm], [-arm, reach]],
  }[shape];
  context.beginPath();
  for (const [dx, dy] of corners) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.setLineDash([]);
  context.lineWidth = 1.5;
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.fill();
  context.stroke();
}
