# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript replicated_models.R
# svyglm on JK1 replicates of the PSUs of ../cases/api_models_clus2.csv, with and without mse.
suppressMessages(library(survey))
d <- read.csv("../cases/api_models_clus2.csv")
s <- svydesign(ids = ~dnum, weights = ~pw, data = d)
rows <- list()
for (mse in c(TRUE, FALSE)) for (model in c("linear", "poisson")) {
  r <- as.svrepdesign(s, type = "JK1", mse = mse)
  exact <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- if (model == "linear") svyglm(api00 ~ ell + meals, r) else
    svyglm(enroll ~ ell + meals, r, family = quasipoisson(), control = exact)
  rows[[length(rows) + 1]] <- data.frame(mse = mse, model = model, estimate = unname(coef(fit)),
    se = unname(c(SE(fit))), df = fit$df.residual)
}
write.csv(do.call(rbind, rows), "replicated_models.csv", row.names = FALSE)
