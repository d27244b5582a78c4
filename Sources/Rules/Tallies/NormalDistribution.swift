internal import Glibc

/// The standard normal distribution.
package enum NormalDistribution {
    /// Returns the value that a fraction of the distribution lies below; the fraction is between 0
    /// and 1.
    ///
    /// M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied
    /// Statistics 37 (1988): exact to about 1 in 10¹⁶.
    package static func quantile(_ fraction: Double) -> Double {
        let distance = fraction - 0.5
        guard abs(distance) > 0.425 else {
            let x = 0.180625 - distance * distance
            return distance * middle(x) / middleDivisor(x)
        }
        let x = (-log(min(fraction, 1 - fraction))).squareRoot()
        let value =
            x <= 5 ? tail(x - 1.6) / tailDivisor(x - 1.6) : end(x - 5) / endDivisor(x - 5)
        return distance < 0 ? -value : value
    }

    private static func middle(_ x: Double) -> Double {
        var sum = 2.5090809287301226727e3
        sum = sum * x + 3.3430575583588128105e4
        sum = sum * x + 6.7265770927008700853e4
        sum = sum * x + 4.5921953931549871457e4
        sum = sum * x + 1.3731693765509461125e4
        sum = sum * x + 1.9715909503065514427e3
        sum = sum * x + 1.3314166789178437745e2
        return sum * x + 3.3871328727963666080
    }

    private static func middleDivisor(_ x: Double) -> Double {
        var sum = 5.2264952788528545610e3
        sum = sum * x + 2.8729085735721942674e4
        sum = sum * x + 3.9307895800092710610e4
        sum = sum * x + 2.1213794301586595867e4
        sum = sum * x + 5.3941960214247511077e3
        sum = sum * x + 6.8718700749205790830e2
        sum = sum * x + 4.2313330701600911252e1
        return sum * x + 1
    }

    private static func tail(_ x: Double) -> Double {
        var sum = 7.74545014278341407640e-4
        sum = sum * x + 2.27238449892691845833e-2
        sum = sum * x + 2.41780725177450611770e-1
        sum = sum * x + 1.27045825245236838258
        sum = sum * x + 3.64784832476320460504
        sum = sum * x + 5.76949722146069140550
        sum = sum * x + 4.63033784615654529590
        return sum * x + 1.42343711074968357734
    }

    private static func tailDivisor(_ x: Double) -> Double {
        var sum = 1.05075007164441684324e-9
        sum = sum * x + 5.47593808499534494600e-4
        sum = sum * x + 1.51986665636164571966e-2
        sum = sum * x + 1.48103976427480074590e-1
        sum = sum * x + 6.89767334985100004550e-1
        sum = sum * x + 1.67638483018380384940
        sum = sum * x + 2.05319162663775882187
        return sum * x + 1
    }

    private static func end(_ x: Double) -> Double {
        var sum = 2.01033439929228813265e-7
        sum = sum * x + 2.71155556874348757815e-5
        sum = sum * x + 1.24266094738807843860e-3
        sum = sum * x + 2.65321895265761230930e-2
        sum = sum * x + 2.96560571828504891230e-1
        sum = sum * x + 1.78482653991729133580
        sum = sum * x + 5.46378491116411436990
        return sum * x + 6.65790464350110377720
    }

    private static func endDivisor(_ x: Double) -> Double {
        var sum = 2.04426310338993978564e-15
        sum = sum * x + 1.42151175831644588870e-7
        sum = sum * x + 1.84631831751005468180e-5
        sum = sum * x + 7.86869131145613259100e-4
        sum = sum * x + 1.48753612908506148525e-2
        sum = sum * x + 1.36929880922735805310e-1
        sum = sum * x + 5.99832206555887937690e-1
        return sum * x + 1
    }
}
