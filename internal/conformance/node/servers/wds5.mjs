import server from "./webpack.mjs";

export default server("webpack-dev-server5");
