// A figure as a picture: with its title, unit and sources, so that it can stand alone.
(function () {
  "use strict";
  function wrap(pen, text, width) {
    var lines = [""];
    (text.match(/[!-~À-ɏ]+|[\s\S]/g) || []).forEach(function (word) {
      var last = lines.length - 1;
      if (pen.measureText(lines[last] + word).width > width && lines[last]) lines.push(word.trim());
      else lines[last] += word;
    });
    return lines;
  }
  function laidOut(figure, width) {
    var pen = document.createElement("canvas").getContext("2d");
    var face = getComputedStyle(document.body).fontFamily;
    var y = 16;
    var lines = [];
    function put(text, size, weight, colour) {
      pen.font = weight + " " + size + "px " + face;
      wrap(pen, text, width - 32).forEach(function (line) {
        y += size * 1.5;
        lines.push({ text: line, y: y, size: size, weight: weight, colour: colour });
      });
    }
    put(figure.querySelector("figcaption h3").textContent, 19, 700, "#22262b");
    put(figure.querySelector("figcaption p").textContent, 13, 400, "#5a6168");
    var top = y + 10;
    y = top + Number(figure.querySelector(".drawing").dataset.height);
    put(figure.querySelector(".sources").textContent, 11, 400, "#5a6168");
    return { lines: lines, top: top, height: y + 16, face: face };
  }
  function escaped(text) {
    return text.replace(/[&<>"]/g, function (sign) { return "&#" + sign.charCodeAt(0) + ";"; });
  }
  function svgOf(figure, width, option) {
    var height = Number(figure.querySelector(".drawing").dataset.height);
    var holder = document.createElement("div");
    var drawn = echarts.init(holder, null, { renderer: "svg", width: width, height: height });
    drawn.setOption(option);
    drawn.getZr().flush();
    // the text ECharts itself would write leaves quotes of font names as they are: no reader could open it
    var inner = new XMLSerializer().serializeToString(holder.querySelector("svg"));
    drawn.dispose();
    var plan = laidOut(figure, width);
    var texts = plan.lines.map(function (one) {
      return '<text x="16" y="' + one.y + '" font-size="' + one.size + '" font-weight="' + one.weight +
        '" fill="' + one.colour + '">' + escaped(one.text) + "</text>";
    });
    return '<svg xmlns="http://www.w3.org/2000/svg" width="' + width + '" height="' + plan.height +
      '" font-family="' + escaped(plan.face) + '"><rect width="100%" height="100%" fill="#fff"/>' + texts.join("") +
      '<g transform="translate(0,' + plan.top + ')">' + inner + "</g></svg>";
  }
  function pngOf(figure, width, option, give) {
    var shape = laidOut(figure, width);
    var holder = document.createElement("div");
    var height = Number(figure.querySelector(".drawing").dataset.height);
    holder.style.cssText = "width:" + width + "px;height:" + height + "px";
    var drawn = echarts.init(holder, null, { renderer: "canvas", width: width, height: height, devicePixelRatio: 2 });
    drawn.setOption(option);
    var canvas = document.createElement("canvas");
    canvas.width = width * 2;
    canvas.height = shape.height * 2;
    var pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, shape.height);
    shape.lines.forEach(function (one) {
      pen.font = one.weight + " " + one.size + "px " + shape.face;
      pen.fillStyle = one.colour;
      pen.fillText(one.text, 16, one.y);
    });
    pen.drawImage(drawn.renderToCanvas({ pixelRatio: 2 }), 0, shape.top, width, height);
    drawn.dispose();
    canvas.toBlob(give, "image/png");
  }
  window.meguriPicture = function (figure, kind, option, keep) {
    var name = "meguri-" + figure.dataset.key + "." + kind;
    var width = Math.max(660, Math.round(figure.querySelector(".drawing").clientWidth));
    option.animation = false;
    if (kind === "svg") keep(new Blob([svgOf(figure, width, option)], { type: "image/svg+xml" }), name);
    else pngOf(figure, width, option, function (blob) { keep(blob, name); });
  };
})();
