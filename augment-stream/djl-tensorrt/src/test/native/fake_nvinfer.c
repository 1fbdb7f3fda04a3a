/* As much of libnvinfer as tells its version. */
int getInferLibVersion(void) { return VERSION; }
