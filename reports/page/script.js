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
