package node

// Quote is for the fuzz test.
var Quote = quote

// Runtime is the text of the runtime.
var Runtime = runtimeText + runtimeSiteText
