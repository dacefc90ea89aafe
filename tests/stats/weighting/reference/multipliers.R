# R 4.2.2, package survey 4.1.1. Run in tests/stats/weighting/reference: Rscript multipliers.R [folder to write to]
# What as.svrepdesign makes of clusters.csv: the multiplier of each cluster in each replicate, scale, rscales, variance of a total.
suppressMessages(library(survey))
into <- c(commandArgs(TRUE), ".")[1]
all <- read.csv("clusters.csv"); all$population <- 60
rows <- list()
put <- function(case, data, r) {
  m <- as.matrix(weights(r, type = "replication"))
  at <- expand.grid(psu = data$psu, replicate = seq_len(ncol(m)))
  rows[[length(rows) + 1]] <<- data.frame(case, at, multiplier = c(m), scale = r$scale, rscale = rep(r$rscales, each = nrow(m)),
                                          variance = c(vcov(svytotal(~y, r))))
}
for (lonely in c("remove", "certainty", "adjust", "average")) {
  options(survey.lonely.psu = lonely)
  put(paste0("JKn;", lonely), all, as.svrepdesign(svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = all), type = "JKn"))
  put(paste0("JKn;fpc;", lonely), all,
      as.svrepdesign(svydesign(id = ~psu, strata = ~stratum, weights = ~w, fpc = ~big, data = all), type = "JKn"))
}
put("JK1", all, as.svrepdesign(svydesign(id = ~psu, weights = ~w, data = all), type = "JK1"))
put("JK1;fpc", all, as.svrepdesign(svydesign(id = ~psu, weights = ~w, fpc = ~population, data = all), type = "JK1"))
paired <- subset(all, stratum %in% c("B", "D", "E"))
d <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = paired)
put("BRR", paired, as.svrepdesign(d, type = "BRR"))
put("Fay", paired, as.svrepdesign(d, type = "Fay", fay.rho = .3))
write.csv(do.call(rbind, rows), file.path(into, "multipliers.csv"), row.names = FALSE, quote = FALSE)
