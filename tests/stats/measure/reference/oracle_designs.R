# R 4.2.2, survey 4.5: standard errors of totals of oracle_homes.csv under each design of the
# oracle table (test_measure_oracles.py); writes oracle_designs.csv.
suppressMessages(library(survey))
d <- read.csv("oracle_homes.csv")
# unequal probabilities: PSUs' weighted totals as values, their probabilities as weights
x <- aggregate(cbind(y = w * y, z = w * z, g = w * g) ~ p, d, sum)
x$chance <- d$chance[match(x$p, d$p)]; x$area <- d$area[match(x$p, d$p)]
for (v in c("y", "z", "g")) x[[v]] <- x[[v]] * x$chance
i <- 0:11
J <- outer(x$chance, x$chance) * ifelse(outer(x$area, x$area, "=="), .82 + .01 * abs(outer(i, i, "-")), 1)
diag(J) <- x$chance
unequal <- function(...) svydesign(~1, strata = ~area, fpc = ~chance, data = x, ...)
base <- svydesign(~p, strata = ~s, weights = ~w, data = d)
designs <- list(
  units = svydesign(~1, weights = ~w, data = d), replacement = base,
  fpc = svydesign(~p, strata = ~s, weights = ~w, fpc = ~f1, data = d),
  two_stages = svydesign(~p + u, strata = ~s, weights = ~w, fpc = ~f1 + f2, data = d, nest = FALSE),
  lonely = base,
  calibrated = calibrate(base, ~factor(g) + z - 1, c(120, 60, 650), calfun = "linear"),
  brewer = unequal(pps = "brewer"), hartley_rao = unequal(pps = HR()),
  yates_grundy = unequal(pps = ppsmat(J), variance = "YG"),
  # "full" takes no weights: they are in the values
  two_phases = twophase(list(~1, ~1), strata = list(NULL, ~listed), subset = ~I(drawn == 1),
                        data = transform(d, y = w * y, z = w * z, g = w * g), method = "full"))
out <- NULL
for (name in names(designs)) {
  options(survey.lonely.psu = if (name == "lonely") "adjust" else "remove")
  for (v in c("y", "z", "g"))
    out <- rbind(out, data.frame(design = name, column = v, se = format(
      c(SE(svytotal(as.formula(paste("~", v)), designs[[name]]))), digits = 17)))
}
write.csv(out, "oracle_designs.csv", row.names = FALSE, quote = FALSE)
