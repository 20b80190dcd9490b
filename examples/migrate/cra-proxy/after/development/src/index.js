fetch(`${process.env.REACT_APP_API}/api/orders`, { credentials: "include" })
  .then((response) => response.text())
  .then((text) => document.body.append(text));
