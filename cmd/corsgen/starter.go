package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// starterText is the policy that init writes, but for its target, of which a
// comment keeps the place.
//
//go:embed starter.hcl
var starterText string

const targetPlace = "# The target.\n"

// starter is what init says to a kind of project.
type starter struct {
	target  string // the blocks in the policy
	command string // how corsgen is run there
	hint    string // where the line goes
	line    string // generates the files
}

func (s starter) policy() string {
	return strings.Replace(starterText, targetPlace, s.target, 1)
}

var goStarter = starter{
	target: `# Go middleware: cors.App(next) in package internal/cors.
target "go" {
  path = "internal/cors"
}
`,
	command: "corsgen",
	hint:    "For go generate, run once  go get -tool github.com/corsgen/corsgen/cmd/corsgen@latest  and paste this line into a Go file beside it:",
	line:    "//go:generate go tool corsgen generate cors.hcl",
}

func nodeStarter(target string) starter {
	return starter{
		target:  target,
		command: "npx corsgen",
		hint:    "For npm run cors, run once  npm install --save-dev corsgen  and paste this line into the scripts of package.json:",
		line:    `"cors": "corsgen generate cors.hcl"`,
	}
}

const esModule = `# For Express and others: server.use(app), after
# import { app } from "./cors/cors.gen.mjs";
target "node" {
  path = "cors"
}
`

const commonJSModule = `# For Express and others: server.use(app), after
# const { app } = require("./cors/cors.gen.cjs");
target "node" {
  path   = "cors"
  module = "commonjs"
}
`

const vitePlugins = `# For vite.config.js: plugins: [app, devProxy], after
# import { app, devProxy } from "./cors/vite.gen.mjs";
# app is for pages of other origins that read from Vite's server.
target "vite" {
  path = "cors"
}
` + devProxy

const setupProxy = `# For src/setupProxy.js: module.exports = (server) => server.use(app, devProxy);
# after
# const { app, devProxy } = require("../cors/cra.gen.cjs");
# app is for pages of other origins that read from the development server.
target "cra" {
  path = "cors"
}
` + devProxy

const devProxy = `
# What the development server passes on to the API, so that the page and the API
# are one origin there, and the page needs no CORS.
dev_proxy "api" {
  paths    = ["/api/"]
  upstream = "http://localhost:8080"
}
`

// starterFor goes by what is in a folder. What it cannot read it takes for Go.
func starterFor(dir string) starter {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return goStarter
	}
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return goStarter
	}
	var manifest struct {
		Type            string                     `json:"type"`
		Dependencies    map[string]json.RawMessage `json:"dependencies"`
		DevDependencies map[string]json.RawMessage `json:"devDependencies"`
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // as npm does
	_ = json.Unmarshal(text, &manifest)             // npm tells people what is wrong with it
	needs := func(name string) bool {
		return manifest.Dependencies[name] != nil || manifest.DevDependencies[name] != nil
	}
	switch {
	case needs("vite"):
		return nodeStarter(vitePlugins)
	case needs("react-scripts"):
		return nodeStarter(setupProxy)
	case manifest.Type == "module":
		return nodeStarter(esModule)
	default:
		return nodeStarter(commonJSModule)
	}
}
