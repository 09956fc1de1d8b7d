// What pages in the browser do when scaffold's server tells them that something has changed. The
// script is in pages that tell of a problem, and with `--live-reload` in the application's own.
//
// The tag's data: `at`, the moment at which the page was made; `problem`, on pages that tell of
// one: `load` where the application could not be loaded, else `request`; `again`, there, where the
// page may be asked for again.
(() => {
  "use strict";

  // How many milliseconds are waited after the server has refused the stream, as it does when it
  // has too many; twice as many each time, since another program may have its port by now. Where
  // there is no server, the browser itself comes again.
  const PAUSE = 5000;
  const EVENTS = "/__scaffold__/events";
  const MARK = "scaffold-live-reload";

  const tag = document.currentScript;
  const once = Symbol.for(MARK);
  if (!tag || window[once]) return;
  window[once] = true;

  const { problem, again } = tag.dataset;
  let { at } = tag.dataset;
  let stream = null;
  let timer = 0;
  let pause = PAUSE;

  function connect() {
    clearTimeout(timer);
    // Browsers have six connections to a server for all their pages. Those out of view give theirs
    // back, and hear of what happened when they are looked at again.
    if (stream || document.visibilityState === "hidden") return;
    stream = new EventSource(`${EVENTS}?at=${at}${problem ? "&problem=1" : ""}`);
    for (const name in heard) stream.addEventListener(name, hear);
    stream.onopen = () => {
      pause = PAUSE;
    };
    stream.onerror = () => {
      if (stream?.readyState !== EventSource.CLOSED) return;
      disconnect();
      timer = setTimeout(connect, pause);
      pause *= 2;
    };
  }

  function disconnect() {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  }

  function hear(event) {
    if (event.lastEventId) at = event.lastEventId;
    heard[event.type](JSON.parse(event.data));
  }

  const heard = {
    ready: () => reload(),
    change() {
      // Files do not load the application; its server does that when it sees fit.
      if (problem !== "load") reload();
    },
    failed({ page }) {
      if (!problem) reload();
      else if (page) document.querySelector("main").innerHTML = page;
    },
    style(names) {
      if (!problem) restyle(names);
    },
    // The server is another one by now.
    stale() {
      if (!problem || again) reload();
    },
  };

  function reload() {
    if (problem && !again) {
      document.documentElement.classList.add("mended");
      return;
    }
    // Where the page came out of some cache, it would be loaded anew for ever.
    const mark = `${at} ${location.href}`;
    try {
      if (sessionStorage.getItem(MARK) === mark) return;
      sessionStorage.setItem(MARK, mark);
    } catch {
      // There is no storage for this page.
    }
    disconnect();
    location.reload();
  }

  // Loads style sheets anew and lets the old ones stay until the new ones are there.
  function restyle(names) {
    const isChanged = (url) => {
      const { origin, pathname } = new URL(url, location.href);
      const last = pathname.split("/").pop();
      return origin === location.origin
        && names.some((name) => last === name || last === encodeURIComponent(name));
    };
    const imports = (sheet) => {
      let rules = [];
      try {
        rules = [...sheet.cssRules];
      } catch {
        // A sheet of another origin.
      }
      return rules.some((rule) => rule.href && rule.styleSheet
        && (isChanged(rule.styleSheet.href ?? rule.href) || imports(rule.styleSheet)));
    };
    if ([...document.styleSheets].some(imports)) {
      // What is imported has no element that could be exchanged.
      reload();
      return;
    }
    for (const link of document.querySelectorAll("link[rel~=stylesheet][href]")) {
      if (!isChanged(link.href)) continue;
      const url = new URL(link.href);
      url.searchParams.set("__scaffold__", at.split(".").pop());
      const next = link.cloneNode();
      next.href = url.href;
      next.onload = () => link.remove();
      next.onerror = () => next.remove();
      link.after(next);
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") disconnect();
    else connect();
  });
  // A page that is kept for the way back has to give up its connection.
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", connect);
  connect();
})();
