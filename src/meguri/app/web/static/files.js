// Own files: dropped or chosen, sent one by one with progress, refused with every problem in words.
(function () {
  "use strict";
  var form = document.getElementById("drop");
  if (!form) return;
  var words = JSON.parse(document.getElementById("files-words").textContent);
  var told = document.getElementById("told"), box = document.getElementById("refused");
  var input = document.getElementById("bring");

  function say(key, name, share) {
    told.textContent = words[key].replace("{name}", name).replace("{share}", share);
  }
  function line(parent, tag, text) {
    var made = document.createElement(tag);
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }
  function refuse(answer) {
    box.hidden = false;
    box.className = "refused";
    var head = line(box, "p", "");
    line(head, "strong", answer.title || "");
    head.appendChild(document.createTextNode(" " + (answer.detail || "")));
    var list = line(box, "ul", "");
    list.className = "problems";
    (answer.problems || []).forEach(function (one) {
      var item = line(list, "li", "");
      line(item, "strong", one.file || one.place);
      if (one.found) { item.appendChild(document.createTextNode(" ")); line(item, "code", one.found); }
      line(item, "div", words.needed.replace("{what}", one.expected) + " " + one.way_out);
    });
    box.scrollIntoView({ block: "nearest" });
  }
  function send(file, then) {
    var query = "?name=" + encodeURIComponent(file.name) + "&kind=" + encodeURIComponent(form.kind.value);
    var ask = new XMLHttpRequest();
    ask.open("POST", form.getAttribute("action") + query);
    ask.setRequestHeader("accept-language", document.documentElement.lang);
    ask.setRequestHeader("content-type", "application/octet-stream");
    ask.setRequestHeader("accept", "application/json");
    ask.upload.onprogress = function (event) {
      if (event.lengthComputable) say("sending", file.name, Math.round(100 * event.loaded / event.total));
    };
    ask.upload.onload = function () { say("checking", file.name, ""); };
    ask.onload = function () {
      var answer = {};
      try { answer = JSON.parse(ask.responseText); } catch (error) { /* told below as refused */ }
      if (ask.status < 300) then(answer.id); else { refuse(answer); then(""); }
    };
    ask.onerror = function () { say("lost", file.name, ""); then(""); };
    ask.send(file);
  }
  function sendAll(files) {
    var left = Array.prototype.slice.call(files), last = "", refused = false;
    box.textContent = "";
    box.hidden = true;
    form.setAttribute("aria-busy", "true");
    (function next(id) {
      if (id) last = id;
      if (id === "") refused = true;
      if (left.length) { send(left.shift(), next); return; }
      form.removeAttribute("aria-busy");
      if (last && !refused) {
        var page = form.dataset.page;
        location.assign(page + (page.indexOf("?") < 0 ? "?" : "&") + "file=" + last + "#file");
      } else if (!last) { told.textContent = ""; form.reset(); }
    })();
  }
  var again = document.getElementById("again");
  [form, again && again.form].forEach(function (one) { if (one) one.classList.add("scripted"); });
  if (again) again.addEventListener("change", function () { if (again.files.length) again.form.submit(); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (input.files.length) sendAll(input.files);
  });
  input.addEventListener("change", function () { if (input.files.length) sendAll(input.files); });
  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0) {
        event.preventDefault();
        form.classList.add("over");
      }
    });
  });
  document.addEventListener("dragleave", function (event) { if (!event.relatedTarget) form.classList.remove("over"); });
  document.addEventListener("drop", function (event) {
    if (!event.dataTransfer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    form.classList.remove("over");
    sendAll(event.dataTransfer.files);
  });
})();
