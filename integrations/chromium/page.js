// Plays scenarios, each a list of steps one after the other, all scenarios at
// once, and returns what a script sees of each step.
async (scenarios) => {
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  const ask = async (step) => {
    try {
      const r = await fetch(step.url, {
        method: step.method,
        headers: step.headers,
        mode: step.mode,
        credentials: step.credentials,
      });
      return { type: r.type, status: r.status, headers: [...new Set(r.headers.keys())], error: "" };
    } catch (e) {
      return { type: "", status: 0, headers: null, error: `${e.name}: ${e.message}` };
    }
  };

  const askOldWay = (step) =>
    new Promise((done) => {
      const x = new XMLHttpRequest();
      x.open(step.method, step.url);
      x.withCredentials = step.credentials === "include";
      for (const [name, value] of step.headers) x.setRequestHeader(name, value);
      x.onload = () => {
        const names = x.getAllResponseHeaders().split("\r\n").filter(Boolean).map((line) => line.split(":")[0]);
        done({ type: "", status: x.status, headers: [...new Set(names)].sort(), error: "" });
      };
      x.onerror = () => done({ type: "", status: 0, headers: null, error: "error" });
      x.send();
    });

  return Promise.all(scenarios.map(async (steps) => {
    const seen = [];
    for (const step of steps) {
      await sleep(step.wait);
      seen.push(await (step.xhr ? askOldWay(step) : ask(step)));
    }
    return seen;
  }));
}
