# R 4.2.2, survey 4.1.1: figures of PPS samples without replacement; writes pps.csv.
suppressMessages(library(survey))
p <- c(.6, .3, .45, .25, .4, .5, .7, .3); s <- c(0, 0, 0, 0, 0, 1, 1, 1)
y <- c(12, 5, 9, 4, 11, 20, 31, 9); x <- c(10, 6, 8, 5, 9, 19, 29, 12)
g <- c("a", "b", "a", "b", "a", "a", "b", "b")
d <- data.frame(p, s, y, x, g, w = 1 / p)
apart <- abs(outer(0:7, 0:7, "-"))
J <- outer(p, p) * ifelse(outer(s, s, "=="), .82 + .01 * apart, 1); diag(J) <- p
ways <- list(brewer = "brewer", overton = "overton", hartley.rao = HR(), joint = ppsmat(J, tolerance = 1e-4))
out <- NULL
add <- function(way, estimator, figure, domain, est, se)
  out <<- rbind(out, data.frame(way, estimator, figure, domain,
    estimate = format(unname(c(est)), digits = 17), se = format(unname(c(se)), digits = 17),
    row.names = NULL))
for (way in names(ways)) for (estimator in c("HT", "YG")) {
  if (way == "brewer" && estimator == "YG") next
  des <- svydesign(~1, strata = ~s, fpc = ~p, data = d, pps = ways[[way]], variance = estimator)
  t <- svytotal(~y, des); add(way, estimator, "total", "", coef(t), suppressWarnings(SE(t)))
  m <- svymean(~y, des); add(way, estimator, "mean", "", coef(m), suppressWarnings(SE(m)))
  r <- svyratio(~y, ~x, des); add(way, estimator, "ratio", "", coef(r), suppressWarnings(SE(r)))
  for (one in c("a", "b")) {
    r <- svyratio(~I(y * (g == one)), ~I(1 * (g == one)), des)
    add(way, estimator, "mean", one, coef(r), suppressWarnings(SE(r)))
  }
}
write.csv(out, "pps.csv", row.names = FALSE, quote = FALSE)
