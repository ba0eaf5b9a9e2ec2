// Draws every figure from the option beside it; redraws to fit the window and the printed page.
(function () {
  "use strict";
  var charts = [];
  var world = document.getElementById("world");
  if (world) echarts.registerMap("earth", { geoJSON: JSON.parse(world.textContent) });
  document.querySelectorAll("figure.chart").forEach(function (figure) {
    var pane = figure.querySelector(".drawing");
    var option = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    var chart = echarts.init(pane, null, { renderer: "svg" });
    chart.setOption(option);
    charts.push(chart);
  });
  function fit(width) {
    charts.forEach(function (chart) {
      chart.resize(width ? { width: width } : { width: "auto" });
      chart.getZr().flush();
    });
  }
  var opened = [];
  function beforePrint() {
    document.querySelectorAll("details.printed:not([open])").forEach(function (part) {
      part.open = true;
      opened.push(part);
    });
    fit(680); // the width of an A4 page inside its margins, in CSS pixels
  }
  function afterPrint() {
    opened.splice(0).forEach(function (part) { part.open = false; });
    fit();
  }
  if (!document.body.classList.contains("sheet")) { // a sheet is laid out as it prints
    window.addEventListener("resize", function () { fit(); });
    window.addEventListener("beforeprint", beforePrint);
    window.addEventListener("afterprint", afterPrint);
  }
  document.documentElement.dataset.drawn = String(charts.length);
})();
