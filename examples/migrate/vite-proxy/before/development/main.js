const response = await fetch("/api/orders", { credentials: "include" });
document.body.append(await response.text());
