// Package integrations runs generated middleware together with routers,
// frameworks and WebSocket libraries, each on a real server. It is a module of
// its own, so that corsgen depends on none of them.
package integrations

//go:generate go tool corsgen generate cors.hcl
