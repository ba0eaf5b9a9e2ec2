// The moving parts of a page: draw, ask again when the form changes, follow a job, sort and filter tables.
(function () {
  "use strict";
  var words = JSON.parse(document.getElementById("words").textContent);
  var answer = document.getElementById("answer");
  var form = document.getElementById("asked");
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var LARGE = 1500; // items of a figure beyond which it is drawn on a canvas
  var LONG = 12; // rows of a table from which it can be filtered
  var PAPER = 680; // width of an A4 page inside its margins, in CSS pixels

  function all(root, which) { return Array.prototype.slice.call(root.querySelectorAll(which)); }
  function say(key, fill) {
    return words[key].replace(/\{(\w+)\}/g, function (_, name) { return fill[name]; });
  }
  function make(tag, name, text) {
    var made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  }
  var said = document.getElementById("said");
  function announce(text) {
    said.textContent = "";
    window.setTimeout(function () { said.textContent = text; }, 50); // a new node is read out, a kept one is not
  }

  // ---- figures ------------------------------------------------------------------------------------
  var charts = [];
  var world = null;
  function earth() {
    world = world || fetch("/static/world.json?v=" + document.documentElement.dataset.stamp).then(function (got) { return got.json(); })
      .then(function (shapes) { echarts.registerMap("earth", { geoJSON: shapes }); });
    return world;
  }
  function items(option) {
    return [].concat(option.series || []).reduce(function (sum, one) {
      return sum + (one.data || one.nodes || []).length + (one.links || one.edges || []).length;
    }, 0);
  }
  function optionOf(figure) {
    var option = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    if (calm || items(option) > LARGE) option.animation = false;
    return option;
  }
  function isMap(figure) {
    return figure.querySelector('script[type="application/json"]').textContent.indexOf('"map":"earth"') >= 0;
  }
  function failed(figure) {
    if (!figure.querySelector(".undrawn")) {
      figure.querySelector(".pane").appendChild(make("p", "undrawn", say("not_drawn")));
    }
    figure.querySelector("details").open = true;
  }
  function drawOne(figure) {
    var pane = figure.querySelector(".drawing");
    var option = optionOf(figure);
    var chart = echarts.init(pane, null, { renderer: items(option) > LARGE ? "canvas" : "svg" });
    chart.setOption(option);
    charts.push(chart);
  }
  function count() { document.documentElement.dataset.drawn = String(charts.length); }
  function draw(root) {
    charts.splice(0).forEach(function (chart) { chart.dispose(); });
    count();
    var left = all(root, "figure.chart");
    left.forEach(function (figure) {
      figure.querySelector(".drawing").style.height = figure.querySelector(".drawing").dataset.height + "px";
    });
    function next() {
      var figure = left.shift();
      if (!figure || !figure.isConnected) return;
      var ready = isMap(figure) ? earth() : Promise.resolve();
      ready.then(function () { if (figure.isConnected) drawOne(figure); })
        .catch(function (fault) { console.error(fault); failed(figure); })
        .then(function () { count(); window.setTimeout(next, 0); }); // the page stays quick in between
    }
    if (window.echarts) next();
    else if (left.length) window.addEventListener("load", next, { once: true });
  }
  function fit(width) {
    charts.forEach(function (chart) {
      chart.resize(width ? { width: width } : { width: "auto" });
      chart.getZr().flush();
    });
  }
  window.addEventListener("resize", function () { fit(); });
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    all(document, "details.printed:not([open])").forEach(function (part) {
      part.open = true;
      unfolded.push(part);
    });
    fit(PAPER);
  });
  window.addEventListener("afterprint", function () {
    unfolded.splice(0).forEach(function (part) { part.open = false; });
    fit();
  });

  // ---- a figure as a picture: drawn by picture.js ------------------------------------------------------
  function picture(figure, kind) {
    var ready = isMap(figure) ? earth() : Promise.resolve();
    ready.then(function () { window.meguriPicture(figure, kind, optionOf(figure), keep); });
  }
  function keep(blob, name) {
    var link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  // ---- tables: sort and filter by what is shown, never hiding a text that is no number ------------------
  function rank(text) {
    if (text === "" || text === "—") return { group: 2, value: 0 };
    var day = text.match(/^(\d{4})年(?:(\d+)月)?(?:(\d+)日)?/);
    if (day) return { group: 0, value: Date.UTC(day[1], (day[2] || 1) - 1, day[3] || 1) };
    if (/^(\d{1,2} )?[A-Z][a-z]+ \d{4}$/.test(text)) return { group: 0, value: Date.parse(text + " UTC") };
    var number = text.replace(/[−–](?=\d)/, "-").replace(/,(?=\d{3})/g, "").match(/^[<>≥≤~約+]?\s*(-?\d*\.?\d+(?:e[-+]?\d+)?)/i);
    return number ? { group: 0, value: Number(number[1]) } : { group: 1, value: 0 };
  }
  function sorted(rows, column, down) {
    var keyed = rows.map(function (row, place) {
      var text = row.cells[column].textContent.trim();
      var key = rank(text);
      return { row: row, text: text, group: key.group, value: key.value, place: place };
    });
    keyed.sort(function (a, b) {
      if (a.group !== b.group) return a.group - b.group; // unknown stays last, whichever way
      var way = a.group === 0 ? a.value - b.value : a.text.localeCompare(b.text, document.documentElement.lang);
      return (down ? -way : way) || a.place - b.place;
    });
    return keyed.map(function (one) { return one.row; });
  }
  function sortable(table) {
    all(table, "thead th").forEach(function (head, column) {
      var button = make("button", "sort", head.textContent);
      button.type = "button";
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        all(table, "thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        sorted(all(body, "tr"), column, down).forEach(function (row) { body.appendChild(row); });
      });
    });
  }
  function filterable(table) {
    var rows = all(table.tBodies[0], "tr");
    if (rows.length < LONG) return;
    var line = make("p", "filter");
    var label = make("label", "", say("filter") + " ");
    var input = make("input");
    var shown = make("span", "quiet");
    shown.setAttribute("role", "status");
    input.type = "search";
    input.autocomplete = "off";
    label.appendChild(input);
    line.appendChild(label);
    line.appendChild(shown);
    var holder = table.parentNode;
    holder.parentNode.insertBefore(line, holder);
    input.addEventListener("input", function () {
      var parts = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
      var n = 0;
      rows.forEach(function (row) {
        var text = row.textContent.normalize("NFKC").toLowerCase();
        row.hidden = !parts.every(function (part) { return text.indexOf(part) >= 0; });
        if (!row.hidden) n += 1;
      });
      shown.textContent = parts.length ? say("shown", { n: n, m: rows.length }) : "";
    });
  }

  // ---- jobs -----------------------------------------------------------------------------------------------
  var tongue = "?lang=" + document.documentElement.lang;
  function get(address) {
    return fetch(address, { headers: { "Accept": "application/json" }, credentials: "same-origin" })
      .then(function (got) { return got.ok ? got.json() : Promise.reject(got.status); });
  }
  function live(job) { return job.state === "waiting" || job.state === "running"; }
  function same(params, others) {
    function told(one) {
      return JSON.stringify(Object.keys(one).filter(function (name) { return one[name] !== ""; }).sort()
        .map(function (name) { return [name, one[name]]; }));
    }
    return told(params) === told(others);
  }
  function pace(job) {
    if (job.state !== "running" || !job.of) return "";
    var left = job.seconds_left;
    return " · " + say("running_of", job) + (left === null ? "" : " · " +
      (left < 60 ? say("left_s", { n: Math.ceil(left) }) : say("left_min", { n: Math.ceil(left / 60) })));
  }
  function showState(part, job) {
    var bar = part.querySelector("progress");
    part.querySelector(".progress").hidden = false;
    bar.hidden = !live(job);
    if (job.of) bar.value = job.done / job.of; else bar.removeAttribute("value");
    part.querySelector(".told").textContent = job.stopping ? say("stopping") : say(job.state) + pace(job);
    part.querySelector("[data-run]").hidden = live(job);
    part.querySelector("[data-cancel]").hidden = !live(job);
    if (!live(job)) part.querySelector("[data-run]").textContent = say("again");
    var list = part.querySelector(".why");
    list.replaceChildren.apply(list, (job.problems || []).map(function (one) {
      return make("li", "", [one.place, one.found, one.expected, one.way_out].filter(Boolean).join(" — "));
    }));
  }
  function follow(part, address) {
    var events = null;
    part.dataset.job = address;
    function heard(event) {
      if (!part.isConnected) { leave(); return; }
      var job = JSON.parse(event.data);
      var was = part.dataset.state;
      part.dataset.state = job.state;
      showState(part, job);
      if (job.state !== was) announce(say(job.state));
      if (live(job)) return;
      leave();
      countJobs();
      if (job.state === "done") ask(location.search, { quiet: true });
      else if (document.activeElement === document.body) part.querySelector("[data-run]").focus();
    }
    function lost() {
      if (!part.isConnected) leave();
      else part.querySelector(".told").textContent = say("lost");
    }
    // A browser opens six connections to one server: a window nobody looks at gives its own back.
    function looked() {
      if (events) { events.close(); events = null; }
      if (document.hidden) return;
      events = new EventSource(address + "/events" + tongue);
      events.onmessage = heard;
      events.onerror = lost;
    }
    function leave() {
      document.removeEventListener("visibilitychange", looked);
      if (events) events.close();
    }
    document.addEventListener("visibilitychange", looked);
    looked();
    countJobs();
  }
  function start(part) {
    var order = { kind: part.dataset.kind, params: JSON.parse(part.dataset.params) };
    part.querySelector("[data-run]").hidden = true;
    fetch(part.dataset.post + tongue, {
      method: "POST", headers: { "Content-Type": "application/json", "Accept": "application/json" },
      body: JSON.stringify(order), credentials: "same-origin"
    }).then(function (got) {
      if (got.ok) {
        follow(part, got.headers.get("Location"));
        part.querySelector("[data-cancel]").hidden = false;
        part.querySelector("[data-cancel]").focus();
        return null;
      }
      return got.json().then(function (told) {
        showState(part, { state: "failed", problems: told.problems.length ? told.problems : [{ way_out: told.detail }] });
      });
    }).catch(function () {
      part.querySelector("[data-run]").hidden = false;
      announce(say("no_answer"));
    });
  }
  function runs(root) {
    var parts = all(root, ".run");
    parts.forEach(function (part) {
      part.querySelector("[data-run]").hidden = false;
      part.querySelector("[data-run]").addEventListener("click", function () { start(part); });
      part.querySelector("[data-cancel]").addEventListener("click", function () {
        fetch(part.dataset.job + tongue, { method: "DELETE", credentials: "same-origin" });
      });
    });
    if (!parts.length) return;
    get(parts[0].dataset.post + tongue).then(function (told) { // another window may have begun it
      parts.forEach(function (part) {
        var params = JSON.parse(part.dataset.params);
        var job = told.jobs.find(function (one) { return one.kind === part.dataset.kind && same(one.params, params); });
        if (!job || part.dataset.job || job.state === "done") return;
        if (live(job)) follow(part, part.dataset.post + "/" + job.id); else showState(part, job);
      });
    }, function () { /* without the list the button still works */ });
  }
  var badge = document.getElementById("jobs");
  var counting = 0;
  function countJobs() {
    window.clearTimeout(counting);
    get(badge.dataset.jobs + tongue).then(function (told) {
      var n = told.jobs.filter(live).length;
      badge.hidden = !n;
      badge.textContent = n ? say("jobs", { n: n }) : "";
      if (n) counting = window.setTimeout(countJobs, 4000);
    }, function () { badge.hidden = true; });
  }

  // ---- the answer: filled in, and asked for again -----------------------------------------------------------
  function drawer(link) {
    var box = make("dialog", "drawer");
    var close = make("button", "", say("close"));
    var source = document.getElementById("sources").cloneNode(true);
    source.removeAttribute("id");
    source.querySelector("details").open = true;
    all(source, "[id]").forEach(function (one) { one.removeAttribute("id"); });
    source.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", link.textContent);
    close.type = "button";
    close.addEventListener("click", function () { box.close(); });
    box.addEventListener("click", function (event) { if (event.target === box) box.close(); });
    box.addEventListener("close", function () { box.remove(); link.focus(); });
    box.appendChild(close);
    box.appendChild(source);
    document.body.appendChild(box);
    box.showModal();
  }
  function copy(button) {
    var text = location.origin + all(answer, "article")[0].dataset.url;
    var done = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject();
    done.then(function () { note(say("copied")); }, function () { note(say("copy_failed")); });
    function note(told) {
      var was = button.textContent;
      button.textContent = told;
      announce(told);
      window.setTimeout(function () { button.textContent = was; }, 2500);
    }
  }
  function come(root) {
    all(root, "[data-copy],[data-print],[data-picture]").forEach(function (one) { one.hidden = false; });
    all(root, "table.data").forEach(function (table) {
      if (table.tBodies[0].rows.length > 1) sortable(table);
      filterable(table);
    });
    runs(root);
    changing(root);
    draw(root);
  }
  function carry(asked) { // what other questions ask too goes along to them
    all(document, "nav.questions a[data-takes]").forEach(function (link) {
      var way = new URL(link.href);
      link.dataset.takes.split(" ").filter(Boolean).forEach(function (name) {
        way.searchParams.delete(name);
        asked.getAll(name).forEach(function (value) { way.searchParams.append(name, value); });
      });
      link.href = way.pathname + way.search;
    });
  }
  function put(html) {
    charts.splice(0).forEach(function (chart) { chart.dispose(); });
    answer.innerHTML = html; // our own templates, escaped by them; scripts put in this way never run
    answer.removeAttribute("aria-busy");
    var view = answer.querySelector("article");
    document.title = view.dataset.title + " · meguri";
    var other = document.getElementById("language");
    if (view.dataset.other) other.href = view.dataset.other;
    if (view.dataset.url) carry(new URL(view.dataset.url, location.href).searchParams);
    come(answer);
    announce(say("updated", { title: view.dataset.title }));
  }
  var asking = null;
  function ask(search, how) {
    if (asking) asking.abort();
    var mine = asking = new AbortController();
    answer.setAttribute("aria-busy", "true");
    var slow = window.setTimeout(function () {
      if (!how.quiet && answer.querySelector("article")) {
        charts.splice(0).forEach(function (chart) { chart.dispose(); });
        answer.innerHTML = document.getElementById("waiting").innerHTML;
      }
    }, 700);
    if (how.push) history.pushState(null, "", location.pathname + search);
    return fetch(answer.dataset.part + search, { signal: mine.signal, credentials: "same-origin" })
      .then(function (got) { return got.text(); })
      .then(function (html) { if (mine === asking) put(html); })
      .catch(function (fault) {
        if (fault.name === "AbortError") return;
        answer.removeAttribute("aria-busy");
        answer.replaceChildren(make("p", "empty", say("no_answer")));
        announce(say("no_answer"));
      })
      .then(function () { window.clearTimeout(slow); });
  }

  // ---- the form is the address, and the address is the form ---------------------------------------------------
  function fieldsOf() { return all(form, "[data-field]"); }
  function valuesIn(field) {
    return all(field, "input:not([type=hidden]),select").filter(function (one) {
      return (one.type !== "checkbox" && one.type !== "radio") || one.checked;
    }).map(function (one) { return one.value; }).filter(Boolean);
  }
  function search() {
    var query = new URLSearchParams();
    var space = form.querySelector("input[name=workspace]");
    fieldsOf().forEach(function (field) {
      var values = valuesIn(field);
      if (values.join(",") === field.dataset.default) return;
      (values.length ? values : [""]).forEach(function (value) { query.append(field.dataset.field, value); });
    });
    if (space) query.append("workspace", space.value);
    return query.toString() ? "?" + query.toString() : "";
  }
  function fill() {
    var query = new URLSearchParams(location.search);
    fieldsOf().forEach(function (field) {
      var name = field.dataset.field;
      var text = query.has(name) ? query.getAll(name).filter(Boolean).join(",") : field.dataset.default;
      var several = query.getAll(name).concat(text.split(",")); // a changed value may hold commas
      all(field, "input:not([type=hidden]),select").forEach(function (one) {
        if (one.type === "checkbox" || one.type === "radio") one.checked = several.indexOf(one.value) >= 0;
        else one.value = text;
      });
      chosen(field);
    });
  }
  function chosen(field) {
    var told = field.querySelector("summary[data-chosen]");
    if (!told) return;
    var boxes = all(field, "input[type=checkbox]");
    told.textContent = told.dataset.chosen.replace("{n}", valuesIn(field).length).replace("{m}", boxes.length);
  }
  function leave(name) { // values that belong to what was chosen before
    all(form, "[data-of=\"" + name + "\"]").forEach(function (field) {
      all(field, "input:not([type=hidden]),select").forEach(function (one) {
        if (one.type === "checkbox") one.checked = false; else one.value = "";
      });
    });
  }
  if (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      ask(search(), { push: search() !== location.search }).then(function () {
        var head = answer.querySelector("h1");
        if (head) head.focus();
      });
    });
    form.addEventListener("change", function (event) {
      var field = event.target.closest("[data-field]");
      if (field) { chosen(field); leave(field.dataset.field); }
      if (form.checkValidity()) ask(search(), { push: true });
      else form.reportValidity();
    });
  }
  window.addEventListener("popstate", function () {
    if (!answer) return;
    if (form) fill();
    ask(location.search, {});
  });

  // ---- values of what the page has read, and files made of it ---------------------------------------------------
  function apply(changes) {
    var query = new URLSearchParams();
    all(changes, "[name]").forEach(function (one) {
      var changed = one.dataset.present === undefined;
      var path = one.name.split(".");
      if (changed) query.append(one.name, one.value);
      else if (one.value && one.value !== one.dataset.present) {
        query.append(path[0], path.slice(1).join(".") + "=" + one.value);
      }
    });
    location.assign(location.pathname + "?" + query.toString());
  }
  function keeping(part) {
    var name = part.querySelector("input");
    var told = part.querySelector("[data-told]");
    var where = new URLSearchParams(location.search);
    function content() { return new Blob([part.querySelector("pre").textContent], { type: "application/yaml" }); }
    all(part, "button").forEach(function (one) { one.hidden = false; });
    part.querySelector("[data-take]").addEventListener("click", function () { keep(content(), name.value); });
    part.querySelector("[data-save]").addEventListener("click", function () {
      var query = "&name=" + encodeURIComponent(name.value) + "&kind=" + part.dataset.kind;
      fetch(part.dataset.post + tongue + query, {
        method: "POST", body: content(), credentials: "same-origin",
        headers: { "Accept": "application/json", "Content-Type": "application/octet-stream" }
      }).then(function (got) {
        return got.json().then(function (kept) {
          var why = (kept.problems || []).map(function (one) { return [one.expected, one.way_out].join(" "); });
          var text = got.ok ? say("kept", { name: name.value }) : why.join(" ") || kept.detail;
          told.textContent = text + " ";
          announce(text);
          if (!got.ok) return;
          var link = make("a", "", say("use"));
          var there = new URLSearchParams([[part.dataset.kind, kept.value]]);
          if (where.has("workspace")) there.append("workspace", where.get("workspace"));
          link.href = location.pathname + "?" + there.toString();
          told.appendChild(link);
        });
      }).catch(function () { told.textContent = say("no_answer"); });
    });
  }
  function changing(root) {
    all(root, "form[data-changes]").forEach(function (one) {
      one.addEventListener("submit", function (event) { event.preventDefault(); apply(one); });
    });
    all(root, "[data-keep]").forEach(keeping);
  }

  // ---- what stands on every page --------------------------------------------------------------------------------
  document.addEventListener("click", function (event) {
    var hit = event.target.closest("[data-drawer],[data-copy],[data-print],[data-picture]");
    all(document, "details.papers[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (!hit) return;
    if (hit.dataset.drawer !== undefined) { event.preventDefault(); drawer(hit); }
    else if (hit.dataset.copy !== undefined) copy(hit);
    else if (hit.dataset.print !== undefined) window.print();
    else picture(hit.closest("figure"), hit.dataset.picture);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    all(document, "details.papers[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  var space = document.querySelector("form.workspace");
  if (space) {
    space.querySelector("button").hidden = true;
    space.querySelector("select").addEventListener("change", function () { space.submit(); });
  }
  var narrow = window.matchMedia("(max-width: 1099px)");
  var menu = document.querySelector("nav.questions details");
  function shape() { menu.open = !narrow.matches; }
  shape();
  narrow.addEventListener("change", shape);

  var tour = document.getElementById("tour");
  if (tour && !remembered()) {
    tour.hidden = false;
    document.getElementById("tour-done").addEventListener("click", function () {
      tour.hidden = true;
      try { localStorage.setItem("meguri-tour", "done"); } catch (_) { /* private windows may refuse */ }
      document.getElementById("main").focus({ preventScroll: true });
    });
  }
  function remembered() {
    try { return localStorage.getItem("meguri-tour") === "done"; } catch (_) { return false; }
  }
  countJobs();
  if (answer) {
    if (answer.dataset.wait) ask(location.search, {});
    else come(answer);
  }
  document.documentElement.dataset.ready = "yes";
})();
