# node-gyp, prebuildify and whoever calls them find the addon's build here; CMakeLists.txt describes it.
{
  "targets": [
    {
      "target_name": "libwebrtc",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake",
          "message": "Building the addon by CMakeLists.txt",
          "inputs": [],
          # Never written, so that the action always runs: the build itself knows what is current.
          "outputs": ["<(PRODUCT_DIR)/always"],
          "action": ["node", "scripts/build-addon.mjs", "<(CONFIGURATION_NAME)"]
        }
      ]
    }
  ]
}
