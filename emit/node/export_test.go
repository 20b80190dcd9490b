package node

// Runtime is the text of the runtime.
var Runtime = runtimeText + runtimeSiteText
