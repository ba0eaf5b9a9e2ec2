// The page of all jobs: while one of them waits or runs, its rows are fetched again; focus stays where it was.
(function () {
  "use strict";
  var OFTEN = 1500;
  function again() {
    var list = document.getElementById("jobs-list");
    if (!list || list.dataset.live !== "yes") return;
    if (document.hidden) { setTimeout(again, OFTEN); return; }
    fetch(location.href, { credentials: "same-origin" })
      .then(function (got) { return got.ok ? got.text() : ""; })
      .then(function (text) {
        var fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById("jobs-list");
        if (fresh && fresh.innerHTML !== list.innerHTML) swap(list, fresh);
      })
      .catch(function () { /* the application is away for a moment; it is asked again */ })
      .finally(function () { setTimeout(again, OFTEN); });
  }
  function swap(list, fresh) {
    var row = document.activeElement && document.activeElement.closest("tr[id]");
    var held = row && list.contains(row) ? [row.id, document.activeElement.value] : null;
    list.dataset.live = fresh.dataset.live;
    list.innerHTML = fresh.innerHTML;
    if (!held) return;
    var place = document.getElementById(held[0]);
    var button = place && (place.querySelector("button[value='" + held[1] + "']") || place.querySelector("button, a"));
    if (button) button.focus();
  }
  setTimeout(again, OFTEN);
})();
