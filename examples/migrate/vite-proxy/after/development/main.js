const response = await fetch(`${import.meta.env.VITE_API}/orders`, { credentials: "include" });
document.body.append(await response.text());
