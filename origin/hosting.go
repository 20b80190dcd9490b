package origin

import "regexp"

// hosters are domains of large hosting services that are no suffix themselves
// but have private suffixes further left, such as s3.us-east-1.amazonaws.com,
// which a wildcard can stand for. The list cannot be asked what is below a name.
var hosters = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazoncognito.com", "fastly.net", "linode.com", "on.aws", "ovh.net", "platform.sh",
	"quickconnect.to", "railway.app", "render.com", "sagemaker.aws", "scw.cloud", "usgovcloudapi.net", "windows.net",
	"amazonwebservices.com.cn", "amazonwebservices.eu", "canva.site", "cdn77.org", "convex.cloud", "customer-oci.com",
	"linodeusercontent.com", "observableusercontent.com", "sagemaker.com.cn",
	"azurecontainerapps.io", "cloudapp.azure.com", "devtunnels.ms", "gitpod.io", "pinggy.link", "webcontainer.io",
}

// unlisted are suffixes below which strangers get names, as below those of the
// private part of the public suffix list, which lacks them. "*." stands for one
// label.
var unlisted = map[string]bool{
	"app.github.dev":          true, // https://docs.github.com/en/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace
	"edgeone.app":             true, // https://pages.edgeone.ai/document/domain-overview
	"gradio.live":             true, // https://www.gradio.app/guides/sharing-your-app
	"koyeb.app":               true, // https://www.koyeb.com/docs/run-and-scale/domains
	"lhr.life":                true, // https://localhost.run/docs/
	"loca.lt":                 true, // https://theboroer.github.io/localtunnel-www/
	"modal.run":               true, // https://modal.com/docs/guide/webhook-urls
	"neocities.org":           true, // https://neocities.org/about
	"nip.io":                  true, // https://nip.io
	"serveo.net":              true, // https://serveo.net
	"sslip.io":                true, // https://sslip.io
	"surge.sh":                true, // https://surge.sh/help/getting-started-with-surge
	"*.azurecontainerapps.io": true, // https://learn.microsoft.com/azure/container-apps/environment
	"*.cloudapp.azure.com":    true, // https://learn.microsoft.com/azure/virtual-machines/create-fqdn
	"*.devtunnels.ms":         true, // https://learn.microsoft.com/azure/developer/dev-tunnels/overview
	"*.gitpod.io":             true, // https://www.gitpod.io/docs/classic/user/configure/workspaces/ports
	"*.web.core.windows.net":  true, // https://learn.microsoft.com/azure/storage/blobs/storage-blob-static-website
	"*.webcontainer.io":       true, // https://developer.stackblitz.com/platform/webcontainers/browser-support
}

// previews says how hosting services name the previews of a site, by the suffix.
// The parts in upper case are what the customer and the service choose. All of
// these suffixes take the first comer's names.
var previews = map[string]string{
	"amplifyapp.com":     "BRANCH.APP.amplifyapp.com",               // https://docs.aws.amazon.com/amplify/latest/userguide/pr-previews.html
	"app.github.dev":     "CODESPACE-PORT.app.github.dev",           // https://docs.github.com/en/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace
	"deno.dev":           "PROJECT-BUILD.deno.dev",                  // https://docs.deno.com/deploy/classic/deployments/
	"herokuapp.com":      "APP-pr-NUMBER-HASH.herokuapp.com",        // https://devcenter.heroku.com/articles/github-integration-review-apps
	"netlify.app":        "deploy-preview-NUMBER--SITE.netlify.app", // https://docs.netlify.com/site-deploys/deploy-previews/
	"ondigitalocean.app": "APP-HASH.ondigitalocean.app",             // https://docs.digitalocean.com/products/app-platform/how-to/manage-domains/
	"onrender.com":       "SERVICE-pr-NUMBER.onrender.com",          // https://render.com/docs/service-previews
	"pages.dev":          "BRANCH.PROJECT.pages.dev",                // https://developers.cloudflare.com/pages/configuration/preview-deployments/
	"up.railway.app":     "SERVICE-ENVIRONMENT.up.railway.app",      // https://docs.railway.com/guides/public-networking
	"vercel.app":         "PROJECT-HASH-TEAM.vercel.app",            // https://vercel.com/docs/deployments/generated-urls
	"web.app":            "SITE--CHANNEL-HASH.web.app",              // https://firebase.google.com/docs/hosting/manage-hosting-resources
	"workers.dev":        "VERSION-WORKER.ACCOUNT.workers.dev",      // https://developers.cloudflare.com/workers/configuration/previews/
}

// Preview returns how a hosting service names the previews of a site below its
// suffix, such as "BRANCH.PROJECT.pages.dev", where the customer and the service
// choose what is in upper case; "" if that is not known.
func Preview(suffix string) string { return previews[suffix] }

// The ways in which one host serves the code of many people.
const (
	playground = "runs what anybody writes there"
	account    = "serves everything that its account publishes, told apart by the path only"
	bucket     = "serves what anybody uploads, told apart by the path only"
	rewriting  = "serves copies of other people's pages"
)

// foreign are the hosts that serve other people's code in one origin, and how.
// A leading "." stands for all that is below the name.
var foreign = map[string]string{
	"codepen.io": playground, ".codepen.io": playground, // https://blog.codepen.io/documentation/full-page-view/
	"cdpn.io": playground, ".cdpn.io": playground,
	"jsfiddle.net": playground, ".jsfiddle.net": playground, "fiddle.jshell.net": playground, // https://docs.jsfiddle.net
	"jsbin.com": playground, ".jsbin.com": playground, // https://jsbin.com/help
	"plnkr.co": playground, ".plnkr.co": playground, // https://plnkr.co

	".github.io":     account, // https://docs.github.com/en/pages/getting-started-with-github-pages/what-is-github-pages
	".gitlab.io":     account, // https://docs.gitlab.com/user/project/pages/getting_started_part_one/
	".bitbucket.io":  account, // https://support.atlassian.com/bitbucket-cloud/docs/publishing-a-website-on-bitbucket-cloud/
	".codeberg.page": account, // https://docs.codeberg.org/codeberg-pages/

	"storage.googleapis.com":         bucket, // https://cloud.google.com/storage/docs/request-endpoints
	"firebasestorage.googleapis.com": bucket, // https://firebase.google.com/docs/storage/web/download-files
	"ipfs.io":                        bucket, // https://docs.ipfs.tech/how-to/address-ipfs-on-web/

	"web.archive.org":       rewriting, // https://web.archive.org
	"raw.githack.com":       rewriting, // https://raw.githack.com
	"rawcdn.githack.com":    rewriting,
	"htmlpreview.github.io": rewriting, // https://htmlpreview.github.io
}

// regionalBuckets are the hosts of Amazon S3 that name the bucket in the path
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
var regionalBuckets = regexp.MustCompile(`^s3([.-](dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$`)

// ForeignCode says how the hosts that p matches serve the code of people who have
// nothing to do with each other in one origin, as a predicate such as "runs what
// anybody writes there"; "" for others.
func (p Pattern) ForeignCode() string {
	if !isHTTP(p.scheme) {
		return ""
	}
	if how, ok := foreign[p.host]; ok {
		return how
	}
	if regionalBuckets.MatchString(p.host) {
		return bucket
	}
	for i, c := range p.host {
		if c != '.' {
			continue
		}
		if how, ok := foreign[p.host[i:]]; ok {
			return how
		}
	}
	return ""
}
