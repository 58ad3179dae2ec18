// The switch of languages is remembered, the contents follow the reading, and the bench
// shows the run that slider and batch size ask for. Everything else works without.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripts");

  // Storage may be refused where a page comes from a file.
  function remembered(value) {
    try {
      if (value) { localStorage.setItem("lecture-language", value); }
      return localStorage.getItem("lecture-language");
    } catch (refused) { return null; }
  }

  var titles = JSON.parse(document.getElementById("titles").textContent);
  function speak(language) {
    root.lang = language;
    document.title = titles[language];
  }
  ["en", "zh"].forEach(function (language) {
    var choice = document.getElementById("lang-" + language);
    choice.addEventListener("change", function () {
      remembered(language);
      speak(language);
      show();
    });
    if (remembered() === language) { choice.checked = true; }
    if (choice.checked) { speak(language); }
  });

  // A link to a step must show what is folded there.
  function unfold() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    for (var each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") { each.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", unfold);

  var links = document.querySelectorAll(".toc a");
  var steps = document.querySelectorAll(".step");
  function follow() {
    var current = -1;
    steps.forEach(function (step, i) {
      if (step.getBoundingClientRect().top < innerHeight / 3) { current = i; }
    });
    links.forEach(function (link, i) {
      if (i === current) {
        link.setAttribute("aria-current", "location");
        var list = document.querySelector(".toc");
        if (list.scrollHeight > list.clientHeight) {
          list.scrollTop = link.offsetTop - list.clientHeight / 2;
        }
      } else { link.removeAttribute("aria-current"); }
    });
  }
  var waiting = false;
  window.addEventListener("scroll", function () {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(function () { waiting = false; follow(); });
    }
  }, { passive: true });

  var bench = JSON.parse(document.getElementById("bench-runs").textContent);
  var slider = document.getElementById("bench-rate");
  function drawn(figure, d) {
    ["line", "dots"].forEach(function (part, i) {
      var group = document.getElementById("bench-" + figure + "-run-" + part);
      group.querySelector("path").setAttribute("d", d[i]);
    });
  }
  function show() {
    var rate = bench.rates[slider.value];
    var batch = document.querySelector("input[name=bench-batch]:checked").value;
    var run = bench.runs[rate + "|" + batch];
    slider.setAttribute("aria-valuetext", rate);
    document.getElementById("bench-value").textContent = rate;
    drawn("path", run.path);
    drawn("loss", run.loss);
    var said = document.getElementById("bench-said");
    said.textContent = run.said[root.lang];
    said.lang = root.lang;
    said.className = run.outcome;
  }
  slider.addEventListener("input", show);
  document.querySelectorAll("input[name=bench-batch]").forEach(function (each) {
    each.addEventListener("change", show);
  });

  // A form may come back from the browser's memory with another rate than written.
  window.addEventListener("pageshow", show);
  document.getElementById("bench").hidden = false;
  show();
  follow();
  unfold();

  // What is folded on the screen is wanted on paper: the measurements, not the code.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".claim details").forEach(
      function (each) { each.open = true; });
  });
})();
