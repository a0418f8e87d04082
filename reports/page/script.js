"use strict";
// Reading the matrix in words, and moving through it by arrow keys.
(function () {
  var heat = document.getElementById("heat");
  var out = document.getElementById("heat-detail");
  if (heat && out) {
    var rows = Array.prototype.map.call(heat.tBodies[0].rows, function (r) {
      return Array.prototype.slice.call(r.querySelectorAll("td"));
    });
    var show = function (cell) {
      out.textContent = cell.dataset.detail;
      out.classList.add("on");
    };
    rows.forEach(function (row, i) {
      row.forEach(function (cell, j) {
        // One stop for the tab key; arrows move inside.
        cell.tabIndex = i === 0 && j === 0 ? 0 : -1;
        cell.addEventListener("mouseenter", function () { show(cell); });
        cell.addEventListener("click", function () { cell.focus(); show(cell); });
        cell.addEventListener("focus", function () {
          rows.forEach(function (r) { r.forEach(function (c) { c.tabIndex = -1; }); });
          cell.tabIndex = 0;
          show(cell);
        });
        cell.addEventListener("keydown", function (e) {
          var step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
          if (!step) { return; }
          var next = (rows[i + step[0]] || [])[j + step[1]];
          if (next) { next.focus(); }
          e.preventDefault();
        });
      });
    });
  }
  // Pictures can be taken along: as SVG with the page's look, and as CSV.
  var take = function (name, type, text) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: type }));
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  };
  var standalone = function (svg) {
    var copy = svg.cloneNode(true);
    var style = document.createElementNS(svg.namespaceURI, "style");
    style.textContent = document.querySelector("style").textContent + "svg{background:var(--bg);font-family:sans-serif}";
    copy.setAttribute("class", svg.closest("figure").className);
    copy.insertBefore(style, copy.firstChild);
    return new XMLSerializer().serializeToString(copy);
  };
  var button = function (row, word, what, act) {
    var b = document.createElement("button");
    b.type = "button";
    b.textContent = word;
    b.setAttribute("aria-label", word + ": " + what);
    b.addEventListener("click", act);
    row.appendChild(b);
  };
  document.querySelectorAll("figure.picture,figure.plot").forEach(function (figure) {
    var svg = figure.querySelector(":scope>svg");
    var csv = figure.dataset.csv;
    var what = (figure.querySelector("figcaption") || document.createElement("i")).textContent || figure.dataset.name;
    var name = [document.title.split(":")[0], figure.dataset.name || "plot", what].join("-").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
    var row = document.createElement("div");
    row.className = "take";
    if (svg) { button(row, "SVG", what, function () { take(name + ".svg", "image/svg+xml", standalone(svg)); }); }
    if (csv) { button(row, "CSV", what, function () { take(name + ".csv", "text/csv", "\ufeff" + csv); }); }
    if (row.children.length) { figure.appendChild(row); }
  });
  // Paper shows what the screen folds away.
  var opened = [];
  addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details:not([data-paper])"), function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () {
    opened.forEach(function (d) { d.open = false; });
  });
})();
